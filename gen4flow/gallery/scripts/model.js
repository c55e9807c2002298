// What the page knows: a card's element and its data, in plan order.

// What holds for all images; the data block of the page, or of the newest cards that were added, says it.
const head = {};
let cards = [];
const cardsByFingerprint = new Map();

const FINGERPRINT = /^[0-9a-f]{64}$/;

// Returns the cards below a root, each with what the data block says of it, by the order of both.
function readCards(root) {
  const data = JSON.parse(root.querySelector("#data").content.textContent);
  const { columns, axes, pairs, keys, ...rest } = data;
  Object.assign(head, rest);
  const prompts = Array.from(root.querySelectorAll("#prompts li"), (item) => {
    const text = item.textContent;
    return { text, words: text.toLowerCase() };
  });
  const none = { text: "", words: "" };
  return Array.from(root.querySelectorAll(".sheet > .card"), (element, place) => {
    const { key, fingerprint, status } = element.dataset;
    const listed = (name) => pairs[columns[name][place]] ?? [];
    return {
      element, key, fingerprint, status,
      rawKey: keys[place] ?? key,
      number: columns.number[place],
      step: key.includes("[") ? key.slice(0, key.indexOf("[")) : key,
      axes: new Map(axes.flatMap(([name, values], axis) => {
        const value = values[columns.axes[axis][place]];
        return value === undefined ? [] : [[name, value]];
      })),
      prompt: prompts[columns.prompt[place]] ?? none,
      parameters: listed("parameters"),
      tags: listed("tags"),
      extras: listed("extras"),
      references: listed("references"),
      made: listed("made"),
      seed: columns.seed[place],
      list: columns.list[place],
      charged: columns.charged[place],
      finished: columns.finished[place],
      prediction: columns.prediction[place],
      image: element.querySelector("img"),
      address: element.getAttribute("href"),
      words: "",
    };
  });
}

// Takes cards into the model in plan order, in place of those with the same key.
function takeCards(fresh) {
  const keys = new Set(fresh.map((card) => card.key));
  const replaced = cards.filter((card) => keys.has(card.key));
  cards = [...cards.filter((card) => !keys.has(card.key)), ...fresh].sort((a, b) => a.number - b.number);
  cardsByFingerprint.clear();
  for (const card of cards) {
    if (!FINGERPRINT.test(card.fingerprint) || !card.rawKey) continue;
    if (!cardsByFingerprint.has(card.fingerprint)) cardsByFingerprint.set(card.fingerprint, []);
    cardsByFingerprint.get(card.fingerprint).push(card);
  }
  return replaced;
}

// Returns what a card is called in a sentence: its coordinates, or its key where it has none.
function cardName(card) {
  return card.axes.size ? [...card.axes.values()].join(", ") : card.key;
}

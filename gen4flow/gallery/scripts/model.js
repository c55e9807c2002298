// What the page knows: a card's element and its data, in plan order.

const FINGERPRINT = /^[0-9a-f]{64}$/;
const STEP = "step"; // an axis of its own where a recipe has several

// What holds for all images; the data block of the page, or of the newest cards that were added, says it.
const head = {};
let cards = [];
let axisValues = new Map(); // axis -> its values, both in the order in which they come in the plan
const cardsByFingerprint = new Map();

// Returns the cards below a root, each with what the data block says of it, by the order of both.
function readCards(root) {
  const { columns, axes, pairs, keys, ...rest } = JSON.parse(root.querySelector("#data").content.textContent);
  Object.assign(head, rest);
  const prompts = Array.from(root.querySelectorAll("#prompts li"), ({ textContent: text }) =>
    ({ text, words: text.toLowerCase() }));
  const silent = { text: "", words: "" };
  const maps = pairs.map((pair) => new Map(pair));
  const nothing = new Map();
  return Array.from(root.querySelectorAll(".sheet > .card"), (element, place) => {
    const { key, fingerprint, status } = element.dataset;
    return {
      element, key, fingerprint, status,
      rawKey: keys[place] ?? key,
      number: columns.number[place],
      step: key.includes("[") ? key.slice(0, key.indexOf("[")) : key,
      axes: placed(axes, columns.axes, place),
      prompt: prompts[columns.prompt[place]] ?? silent,
      parameters: maps[columns.parameters[place]] ?? nothing,
      tags: maps[columns.tags[place]] ?? nothing,
      extras: maps[columns.extras[place]] ?? nothing,
      references: pairs[columns.references[place]] ?? [],
      made: maps[columns.made[place]] ?? nothing,
      delivered: pairs[columns.delivered[place]] ?? [],
      seed: columns.seed[place],
      list: columns.list[place],
      charged: columns.charged[place],
      finished: columns.finished[place],
      prediction: columns.prediction[place],
      image: element.querySelector("img"),
      address: element.getAttribute("href"),
      hidden: element.hidden,
      words: "",
    };
  });
}

// Returns where a card stands on each axis.
function placed(axes, columns, place) {
  const found = new Map();
  for (let axis = 0; axis < axes.length; axis++) {
    const value = columns[axis][place];
    if (value >= 0) found.set(axes[axis][0], axes[axis][1][value]);
  }
  return found;
}

// Takes cards into the model in plan order, in place of those with the same key, which it returns.
function takeCards(fresh) {
  const keys = new Set(fresh.map((card) => card.key));
  const replaced = cards.filter((card) => keys.has(card.key));
  cards = [...cards.filter((card) => !keys.has(card.key)), ...fresh].sort((a, b) => a.number - b.number);
  cardsByFingerprint.clear();
  for (const card of cards) {
    if (!FINGERPRINT.test(card.fingerprint) || !card.rawKey) continue;
    const same = cardsByFingerprint.get(card.fingerprint);
    if (same) same.push(card);
    else cardsByFingerprint.set(card.fingerprint, [card]);
  }
  findAxes();
  return replaced;
}

function findAxes() {
  const found = new Map();
  const steps = new Set();
  for (const card of cards) {
    steps.add(card.step);
    for (const [name, value] of card.axes) {
      if (!found.has(name)) found.set(name, new Set());
      found.get(name).add(value);
    }
  }
  if (steps.size > 1 && !found.has(STEP)) {
    for (const card of cards) card.axes.set(STEP, card.step);
    found.set(STEP, steps);
  }
  axisValues = new Map(Array.from(found, ([name, values]) => [name, [...values]]));
}

// Returns what a card is called in a sentence: its coordinates, or its key where it has none.
function cardName(card) {
  return card.axes.size ? [...card.axes.values()].join(", ") : card.key;
}

// Which cards are shown: those that fit everything that is wanted. What is wanted lives in the address.

const DEFAULTS = Object.freeze({ view: "wall", text: "", status: "", verdict: "", rows: "", columns: "", size: "" });
const wanted = { ...DEFAULTS, axes: new Map(), tags: new Map() };
let shown = []; // the cards that are left, in plan order

const ALL = "all";
const WAITING = "planned"; // with images there, what is not bought yet would only stand in the way
const VERDICTS = {
  pick: { name: "picked", fits: ({ verdict }) => verdict === "pick" },
  reject: { name: "rejected", fits: ({ verdict }) => verdict === "reject" },
  none: { name: "neither", fits: ({ verdict }) => !verdict },
  ...Object.fromEntries([1, 2, 3, 4, 5].map((least) =>
    [`${least}+`, { name: `${"★".repeat(least)}${least < 5 ? " or more" : ""}`, fits: ({ stars }) => stars >= least }])),
};

const someWait = () => cards.some((card) => card.image) && cards.some((card) => card.status === WAITING);

// Returns the conditions that a card has to meet: only those that somebody asked for.
function conditions() {
  const words = wanted.text.toLowerCase().split(/\s+/).filter(Boolean);
  const { status, verdict } = wanted;
  const tests = [];
  if (status && status !== ALL) tests.push((card) => card.status === status);
  if (!status && someWait()) tests.push((card) => card.status !== WAITING);
  if (VERDICTS[verdict]) tests.push((card) => VERDICTS[verdict].fits(opinionOf(card)));
  for (const [name, value] of wanted.axes) tests.push((card) => card.axes.get(name) === value);
  for (const [name, value] of wanted.tags) tests.push((card) => card.tags.get(name) === value);
  if (words.length) tests.push((card) => words.every((word) => wordsOf(card).includes(word) || card.prompt.words.includes(word)));
  return tests;
}

// Returns what the text filter looks at beside the prompt, made once, in lower case.
function wordsOf(card) {
  card.words ||= [card.key, ...card.axes.values(), ...card.tags.keys(), ...card.tags.values(), ...card.extras.values(),
    card.image ? card.seed : card.element.textContent].join("\n").toLowerCase();
  return card.words;
}

// Shows the cards that fit, and hides the others: writes to the page only where something changes.
function filter() {
  const tests = conditions();
  shown = [];
  for (const card of cards) {
    const hidden = !tests.every((test) => test(card));
    if (hidden !== card.hidden) card.element.hidden = card.hidden = hidden;
    if (!hidden) shown.push(card);
  }
}

// Filters, and brings everything up to date that depends on it.
function refresh() {
  filter();
  if (wanted.view === "table") showTable();
  else byId("nothing").hidden = shown.length > 0 || !cards.length;
  keepCurrent();
  summarize();
  showFilters();
  writeAddress();
}

// Says how much is shown, and what it costs: an image that several rows share is counted once.
function summarize() {
  byId("filter-count").value = `${grouped(shown.length)} of ${grouped(cards.length)} shown`;
  const images = new Map(shown.filter((card) => card.image).map((card) => [card.fingerprint, card]));
  let [list, charged, known] = [0, 0, 0];
  for (const card of images.values()) {
    list += Math.max(card.list, 0);
    charged += Math.max(card.charged, 0);
    known += card.charged >= 0 ? 1 : 0;
  }
  const told = [counted(images.size, "image", "images")];
  if (list) told.push(`list price ${dollars(list)}`);
  if (known) told.push(`charged ${dollars(charged)}${known < images.size ? ` for ${known} of them` : ""}`);
  if (images.size && !list && !known) told.push("free");
  byId("filter-cost").textContent = told.join(" · ");
}

function showAll() {
  Object.assign(wanted, { text: "", status: someWait() ? ALL : "", verdict: "" });
  wanted.axes.clear();
  wanted.tags.clear();
  refresh();
}

const isFiltered = () => Boolean(wanted.text || wanted.verdict || wanted.axes.size || wanted.tags.size || (wanted.status && wanted.status !== ALL));

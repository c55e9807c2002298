// The current card: the one that keys and buttons act on. It alone is reached by Tab; arrows go from card to card.

let current = null;
const marks = new Set();

// Makes a card the current one; `focus` is for whoever came by key.
function setCurrent(card, { focus = false } = {}) {
  if (current !== card) {
    current?.element.removeAttribute("aria-current");
    if (current) current.element.tabIndex = -1;
    current = card;
    if (card) {
      card.element.tabIndex = 0;
      card.element.setAttribute("aria-current", "true");
    }
  }
  const covered = openDialogs().length > 0;
  if (card && focus && !covered) card.element.focus({ preventScroll: true });
  if (card && (focus || covered)) card.element.scrollIntoView({ block: "nearest", inline: "nearest" });
  showBar();
}

// Returns the current card, the first one where there is none yet.
function currentOrFirst() {
  if (!current && shown.length) setCurrent(shown[0], { focus: true });
  return current;
}

// After a filter: the card that was current may be gone; the next one takes its place.
function keepCurrent() {
  if (!current || !current.hidden) {
    if (!current && shown.length) shown[0].element.tabIndex = 0;
    return;
  }
  const hadFocus = document.activeElement === current.element || document.activeElement === document.body;
  const from = cards.indexOf(current);
  const next = cards.slice(from).find((card) => !card.hidden) ?? cards.slice(0, from).findLast((card) => !card.hidden);
  setCurrent(next ?? null, { focus: hadFocus && Boolean(next) });
}

// Prepares cards for the keyboard: links keep their address, what has none becomes a link to its details.
function makeReachable(fresh) {
  for (const { element, address } of fresh) {
    element.tabIndex = -1;
    if (address === null) element.setAttribute("role", "link");
  }
}

// Returns the cards that are shown in the order in which the view has them.
function inSight() {
  if (wanted.view !== "table") return shown;
  const byElement = new Map(shown.map((card) => [card.element, card]));
  return Array.from(byId("table").querySelectorAll(".card:not([hidden])"), (element) => byElement.get(element));
}

// Returns the card that lies in a direction from the current one, the current one where there is none.
function neighbour(direction) {
  const order = inSight();
  const place = order.indexOf(current);
  if (direction === "first") return order[0];
  if (direction === "last") return order.at(-1);
  if (direction === "previous" || direction === "next") return order[place + (direction === "next" ? 1 : -1)] ?? current;
  const ahead = direction === "down" ? 1 : -1;
  if (wanted.view === "table") return cardInRow(current, ahead) ?? current;
  const across = wanted.view === "list" ? 1 : getComputedStyle(sheet).gridTemplateColumns.split(" ").length;
  return order[place + ahead * across] ?? current;
}

// Goes to another card; `marking` marks both ends of the way for comparing.
function move(direction, { marking = false } = {}) {
  if (!current || current.hidden) {
    const order = inSight();
    setCurrent((direction === "last" ? order.at(-1) : order[0]) ?? null, { focus: true });
    return;
  }
  const from = current;
  const card = neighbour(direction);
  if (!card || card === from) return;
  if (marking) {
    mark(from, true);
    mark(card, true);
  }
  setCurrent(card, { focus: true });
  if (byId("lightbox").open) showLightbox();
}

// Marks a card for comparing, or takes the mark away; a mark stays while filters look for what to compare it with.
function mark(card, marked = !marks.has(card)) {
  if (marked) marks.add(card);
  else marks.delete(card);
  card.element.classList.toggle("marked", marked);
  showBar();
}

const unmarkAll = () => marks.forEach((card) => mark(card, false));
const markedCards = () => cards.filter((card) => marks.has(card));

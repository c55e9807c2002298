// Keys and buttons: what each does, by one register, from which the help is made too.

// What can be done, by the name that buttons bear in data-do.
const DO = {
  pick: () => decideByButton("pick"),
  reject: () => decideByButton("reject"),
  unset: () => decide({ verdict: "" }),
  ...Object.fromEntries([1, 2, 3, 4, 5].map((stars) => [`stars${stars}`, () => rateByButton(stars)])),
  previous: () => go("previous"),
  next: () => go("next"),
  up: () => go("up"),
  down: () => go("down"),
  open: () => { if (!byId("lightbox").open && !byId("compare").open && currentOrFirst()) openLightbox(current); },
  zoom: () => {
    if (zooming()) toggleZoom();
    else if (currentOrFirst()) openLightbox(current, { zoomed: true });
  },
  mark: () => { if (currentOrFirst()?.image) mark(current); },
  compare: startCompare,
  auto: () => {
    setAdvancing(setting("advancing", !advancing));
    say(advancing ? "Auto-advance is on: a verdict goes on to the next image." : "Auto-advance is off.");
  },
  find: () => { closeDialogs(); byId("filter-text").focus(); byId("filter-text").select(); },
  help: () => { if (byId("help").open) byId("help").close(); else byId("help").showModal(); },
  close: () => closeTop(),
  export: exportPicks,
  facets: () => toggleFacets(),
  all: showAll,
  wall: () => setView("wall"),
  table: () => setView("table"),
  list: () => setView("list"),
};

// key -> what it does; in the order of the help, with the words for it. Keys of one line share them.
const KEYS = [
  [["p"], "P", "pick", (event) => decide({ verdict: "pick" }, { onwards: goesOn(event) })],
  [["x"], "X", "reject", (event) => decide({ verdict: "reject" }, { onwards: goesOn(event) })],
  [["u"], "U", "unset: neither picked nor rejected", (event) => decide({ verdict: "" }, { onwards: goesOn(event) })],
  [["1", "2", "3", "4", "5"], "1 to 5", "stars", (event) => decide({ stars: Number(event.key) }, { onwards: goesOn(event) })],
  [["0"], "0", "no stars", () => decide({ stars: 0 })],
  [["arrowleft"], "←", "the image before", ({ shiftKey }) => arrow("previous", shiftKey)],
  [["arrowright"], "→", "the next image", ({ shiftKey }) => arrow("next", shiftKey)],
  [["arrowup", "arrowdown"], "↑ ↓", "the image above, the image below", ({ key, shiftKey }) => arrow(key === "ArrowUp" ? "up" : "down", shiftKey)],
  [["home", "end"], "Home End", "the first, the last image", ({ key }) => move(key === "Home" ? "first" : "last")],
  [["enter", " "], "Enter, Space", "open the image in the lightbox", DO.open],
  [["z"], "Z", "zoom: what fits, or the image's own pixels", DO.zoom],
  [["m"], "M", "mark for comparing; Shift and arrows mark on the way", DO.mark],
  [["c"], "C", "compare the marked images, up to four; else this one and the next", DO.compare],
  [["a"], "A", "auto-advance: after a verdict or stars, go on to the next image", DO.auto],
  [["/"], "/", "go to the text filter; Enter or Esc there comes back", DO.find],
  [["?"], "?", "show and hide these keys", DO.help],
  [["escape"], "Esc", "close what is open; on the page, take all marks away", () => openDialogs().length === 0 && unmarkAll()],
];
const BY_KEY = new Map(KEYS.flatMap(([names, , , action]) => names.map((name) => [name, action])));
let keysOn = true;

// Lightroom goes on with Caps Lock, and once with Shift.
const goesOn = (event) => event.shiftKey || event.getModifierState("CapsLock");

function go(direction) {
  if (byId("compare").open) moveInCompare(direction);
  else move(direction);
}

// Arrows with Shift move a zoomed image, and mark on the way elsewhere.
function arrow(direction, shiftKey) {
  const ways = { previous: [-1, 0], next: [1, 0], up: [0, -1], down: [0, 1] };
  if (shiftKey && zooming()) pan(...ways[direction]);
  else if (byId("lightbox").open && ways[direction][0] === 0) return false;
  else if (shiftKey) move(direction, { marking: true });
  else go(direction);
  return true;
}

// Does what a key means, where it is not meant for a field or a button.
function pressKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
  const { target } = event;
  const key = event.key.toLowerCase();
  if (target.matches("input:not([type=checkbox]), textarea, select")) {
    if (target.id === "filter-text" && ["escape", "enter", "arrowdown"].includes(key)) leaveField(event);
    return;
  }
  const own = key === "enter" || key === " " || key.startsWith("arrow") || key === "home" || key === "end";
  if (own && target.matches("button, summary, [role=tab], input, a:not(.card), pre, #lightbox-about")) {
    if (key === "enter" || key === " " || target.matches("[role=tab], pre, #lightbox-about:focus") && /up|down|home|end/.test(key)) return;
  }
  if (!keysOn && !own) return;
  if (byId("help").open && key !== "?") return;
  const action = BY_KEY.get(key);
  if (action && action(event) !== false) event.preventDefault();
}

// From the text filter to the images that it has left.
function leaveField(event) {
  event.preventDefault();
  event.target.blur();
  const card = current ?? shown[0];
  if (card && !card.hidden) setCurrent(card, { focus: true });
}

// Does what a button or a card means that was clicked.
function click(event) {
  const button = event.target.closest("[data-do]");
  if (button) {
    DO[button.dataset.do](event);
    return;
  }
  const element = event.target.closest(".card");
  if (!element || event.button !== 0) return;
  event.preventDefault();
  const card = cards.find((one) => one.element === element);
  if (event.ctrlKey || event.metaKey || event.shiftKey) {
    setCurrent(card, { focus: true });
    if (card.image) mark(card);
  } else if (event.detail === 0 || pressedOn === card) openLightbox(card);
  else setCurrent(card, { focus: true });
}

// A press moves the focus before it becomes a click: a click opens the card that was current before.
let pressedOn = null;
const press = () => { pressedOn = current; };

function makeHelp() {
  byId("help-keys").tBodies[0].replaceChildren(...KEYS.map(([, names, words]) =>
    make("tr", null, make("th", { scope: "row" }, make("kbd", null, names)), make("td", null, words))));
}

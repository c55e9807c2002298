// Starts the page, and is what other scripts may use of it.

// Puts cards that a server made into the page, in place of those with the same key; verdicts stay.
function addCards(html) {
  const told = new DOMParser().parseFromString(html, "text/html");
  const totals = told.querySelector(".totals");
  if (totals) document.querySelector(".totals").replaceWith(totals);
  const fresh = readCards(told);
  const before = current;
  const gone = takeCards(fresh);
  leaveTable();
  for (const card of gone) {
    marks.delete(card);
    card.element.remove();
  }
  makeReachable(fresh);
  for (const card of fresh.toReversed()) {
    const next = cards[cards.indexOf(card) + 1];
    sheet.insertBefore(card.element, next?.element ?? null);
    showOpinion(card);
  }
  for (const text of new Set(fresh.map((card) => card.prompt.text))) addPrompt(text);
  makeFacets();
  if (wanted.view === "list") showPrompts();
  if (gone.includes(before)) {
    current = null;
    setCurrent(cards.find((card) => card.key === before.key) ?? null);
  }
  refresh();
  if (current !== before && byId("lightbox").open) showLightbox();
}

// The list of prompts, which is printed, has each of them once.
function addPrompt(text) {
  const list = document.querySelector("#prompts ol");
  if (text && !Array.from(list.children).some((item) => item.textContent === text)) {
    list.append(make("li", { dir: "auto" }, text));
  }
}

// For whoever checks the page from outside: how many images it has loaded.
function countLoaded() {
  const loaded = new Set();
  const tell = () => { document.documentElement.dataset.loaded = loaded.size; };
  for (const { image } of cards) if (image?.complete && image.naturalWidth) loaded.add(image);
  tell();
  document.addEventListener("load", ({ target }) => {
    if (!target.matches?.(".card > img")) return;
    loaded.add(target);
    tell();
  }, true);
}

// On paper only the prompts of what is shown, under the numbers that their images name.
function numberPrompts() {
  const used = new Set(shown.map((card) => card.prompt.text));
  const numbers = new Map();
  Array.from(document.querySelectorAll("#prompts li"), (item, place) => {
    item.value = place + 1;
    item.hidden = !used.has(item.textContent);
    numbers.set(item.textContent, place + 1);
  });
  for (const { element, prompt } of shown) {
    const number = element.querySelector(".of");
    if (number) number.textContent = `prompt ${numbers.get(prompt.text)}`;
  }
}

function listen() {
  document.addEventListener("keydown", pressKey);
  document.addEventListener("pointerdown", press, true);
  document.addEventListener("click", click);
  document.addEventListener("gallery:picks", showOpinions);
  document.addEventListener("focusin", ({ target }) => {
    const card = target.matches(".card") && cards.find((one) => one.element === target);
    if (card && card !== current) setCurrent(card);
  });
  byId("filter").addEventListener("input", readFilters);
  byId("filter").addEventListener("submit", (event) => event.preventDefault());
  byId("facets").addEventListener("input", readFilters);
  byId("size").addEventListener("input", ({ target }) => { wanted.size = target.value; showSize(); writeAddress(); });
  byId("import-picks").addEventListener("change", ({ target }) => {
    if (target.files[0]) importPicks(target.files[0]).finally(() => { target.value = ""; });
  });
  byId("note").addEventListener("input", ({ target }) => { if (current) judge(current, { note: target.value }); });
  byId("keys-on").addEventListener("change", ({ target }) => { keysOn = setting("keys", target.checked); });
  for (const dialog of dialogs) dialog.addEventListener("close", dialogClosed);
  addEventListener("hashchange", followAddress);
  addEventListener("beforeprint", numberPrompts);
  addEventListener("pagehide", () => { if (saving) save(); });
}

function start() {
  takeCards(readCards(document));
  makeReachable(cards);
  makeFacets();
  makeHelp();
  restore();
  listen();
  countLoaded();
  keysOn = byId("keys-on").checked = setting("keys") ?? true;
  setAdvancing(setting("advancing") === true);
  const { image, compare } = readAddress();
  toggleFacets(matchMedia("(min-width: 60rem)").matches && byId("facets").childElementCount > 0);
  for (const id of ["controls", "summary", "bar"]) byId(id).hidden = false;
  document.documentElement.classList.add("js");
  showView();
  showOpinions();
  if (image) openLightbox(image);
  else if (compare.length > 1) openCompare(compare);
}

globalThis.gallery = Object.freeze({ picksDocument, exportText, adoptPicks, addCards });
start();

// Compare: two to four images side by side, in one zoom, with what is different about them.

const MOST_COMPARED = 4;
let compared = [];

// Compares what is marked; with one mark, that and the current card; without any, the current card and the next one.
function startCompare() {
  if (byId("compare").open) return;
  let chosen = markedCards().filter((card) => card.image);
  if (chosen.length < 2) {
    const here = currentOrFirst();
    const order = inSight().filter((card) => card.image);
    const place = order.indexOf(here);
    const beside = chosen.filter((card) => card !== here)[0] ?? order[place + 1] ?? order[place - 1];
    chosen = order.filter((card) => card === here || card === beside);
  }
  if (chosen.length < 2) {
    say("There are no two images to compare.");
    return;
  }
  if (chosen.length > MOST_COMPARED) say(`The first ${MOST_COMPARED} of ${chosen.length} marked images.`);
  openCompare(chosen.slice(0, MOST_COMPARED));
}

function openCompare(chosen) {
  compared = chosen.filter((card) => card.image).slice(0, MOST_COMPARED);
  if (compared.length < 2) return;
  if (byId("lightbox").open) byId("lightbox").close();
  openDialog(byId("compare"));
  clearZoom();
  const prompts = diffTexts(compared.map((card) => card.prompt.text));
  const panes = compared.map((card, place) => makePane(card, place, prompts[place]));
  byId("panes").replaceChildren(...panes);
  byId("panes").dataset.number = panes.length;
  compared.forEach((card, place) => makeStage(panes[place].querySelector(".stage"), card));
  activate(compared.includes(current) ? current : compared[0]);
  writeAddress();
}

// Returns one image with its coordinates, of which those that differ stand out, and its prompt.
function makePane(card, place, prompt) {
  const facts = makeFacts([...card.axes, ["seed", card.axes.has("seed") ? "" : card.seed], ...Array.from(card.parameters).filter(([name]) => !card.axes.has(name) && name !== "seed")]);
  for (const value of facts.querySelectorAll("dd")) {
    const name = value.previousElementSibling.textContent;
    value.classList.toggle("differs", compared.some((other) => valueOf(other, name) !== valueOf(card, name)));
  }
  const pane = make("section", { class: "pane", tabindex: "-1", "aria-label": `${place + 1} of ${compared.length}: ${cardName(card)}` },
    make("div", { class: "stage" }), make("h3", null, cardName(card), " ", make("span", { class: "verdict" })), facts, prompt);
  pane.addEventListener("focusin", () => { if (current !== card) activate(card); });
  pane.addEventListener("pointerdown", () => { if (current !== card) activate(card); });
  return pane;
}

function valueOf(card, name) {
  return card.axes.get(name) ?? (name === "seed" ? card.seed : card.parameters.get(name));
}

// Makes one of the images that are compared the current one.
function activate(card) {
  setCurrent(card);
  [...byId("panes").children].forEach((pane, place) => {
    const active = compared[place] === card;
    pane.tabIndex = active ? 0 : -1;
    pane.classList.toggle("active", active);
    if (active && !pane.contains(document.activeElement) && !byId("bar").contains(document.activeElement)) pane.focus();
  });
}

// Goes to the next image that is compared.
function moveInCompare(direction) {
  const place = compared.indexOf(current) + (direction === "next" || direction === "down" ? 1 : -1);
  const card = compared[(place + compared.length) % compared.length];
  activate(card);
  byId("panes").children[compared.indexOf(card)].focus();
}

function showVerdicts() {
  [...byId("panes").children].forEach((pane, place) => {
    const { verdict, stars } = opinionOf(compared[place]);
    pane.dataset.verdict = verdict;
    pane.querySelector(".verdict").textContent =
      [{ pick: "✓ picked", reject: "✕ rejected" }[verdict], "★".repeat(stars)].filter(Boolean).join(" ");
  });
}

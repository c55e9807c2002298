// The bar: what can be done with the current card, and what was done, in words for eyes and ears.

const SAID = { pick: "picked", reject: "rejected", "": "unset" };
let advancing = false; // whether a verdict goes on to the next image

const say = (text) => { byId("live").textContent = text; };
const notice = (text) => { byId("notice").textContent = text; };

// Gives the current image a verdict, or stars; `onwards` goes on to the next one.
function decide(change, { onwards = false } = {}) {
  const card = currentOrFirst();
  if (!canJudge(card)) {
    if (card) say(`There is no image to judge: ${cardName(card)}.`);
    return;
  }
  const next = onwards || advancing ? cardAfter(card) : null;
  judge(card, change);
  const { pick } = countOpinions();
  const done = "verdict" in change ? SAID[change.verdict] : change.stars ? counted(change.stars, "star", "stars") : "no stars";
  const shared = sharing(card).length;
  say(`${done}: ${cardName(card)}${shared > 1 ? `, and ${counted(shared - 1, "row that shares", "rows that share")} its image` : ""}. ${pick} picked.`);
  if (next && !next.hidden && next !== current) goOn(next);
}

// Returns the next card in sight that is another image.
function cardAfter(card) {
  if (byId("compare").open) return compared[compared.indexOf(card) + 1] ?? null;
  const order = inSight();
  return order.slice(order.indexOf(card) + 1).find((other) => other.fingerprint !== card.fingerprint) ?? null;
}

function goOn(card) {
  if (byId("compare").open) {
    activate(card);
    return;
  }
  setCurrent(card, { focus: true });
  if (byId("lightbox").open) showLightbox();
}

// A button that is pressed already takes its verdict back; a key says it again.
function decideByButton(verdict) {
  decide({ verdict: current && opinionOf(current).verdict === verdict ? "" : verdict });
}

function rateByButton(stars) {
  decide({ stars: current && opinionOf(current).stars === stars ? 0 : stars });
}

// Lets the bar say how it is with the current card.
function showBar() {
  const { verdict, stars } = current ? opinionOf(current) : NOTHING;
  const tell = (name, pressed) => buttons.get(name).setAttribute("aria-pressed", pressed);
  tell("pick", verdict === "pick");
  tell("reject", verdict === "reject");
  tell("unset", !verdict);
  for (let number = 1; number <= 5; number++) {
    tell(`stars${number}`, number === stars);
    buttons.get(`stars${number}`).classList.toggle("lit", number <= stars);
  }
  tell("mark", marks.has(current));
  byId("marked").textContent = marks.size ? `(${marks.size})` : "";
  byId("bar-name").textContent = current ? cardName(current) : "Choose an image";
}

// Whoever changed a verdict, everything that tells of it is brought up to date.
function showOpinions() {
  const { pick, bare } = countOpinions();
  byId("export-picks").textContent = pick ? `Export picks (${pick})` : "Export picks";
  byId("bare").textContent = bare
    ? `${counted(bare, "image has", "images have")} stars or a note without a verdict: the exported file can't hold these.` : "";
  if (wanted.verdict) refresh();
  showBar();
  if (byId("lightbox").open) showNote();
  if (byId("compare").open) showVerdicts();
  saveSoon();
}

function setAdvancing(on) {
  advancing = on;
  buttons.get("auto").setAttribute("aria-pressed", on);
}

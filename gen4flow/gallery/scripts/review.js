// Saves picks as they are made, and shows what is new: only in the page that `gen4flow review` serves.

const ASK_EVERY = 1500; // milliseconds
const SAVE_AFTER = 150; // milliseconds: a few keys in a row are one change of the file
const RETRY_AFTER = 5000;
const WELL_FOR = 5000; // how long the page says that all is well

const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content ?? "";
const file = meta("review-picks");

const opinion = ({ verdict, stars, note }) => JSON.stringify({ verdict, stars: stars ?? null, note: note ?? "" });
const byImage = (told) => new Map(told.picks.map((pick) => [pick.fingerprint, opinion(pick)]));
const parsed = (text) => (text === undefined ? null : JSON.parse(text));
const counted = (number, one, many) => `${number} ${number === 1 ? one : many}`;

// fingerprint -> what the picks file says of an image, as the page last heard it, or has sent it.
let known = byImage(gallery.picksDocument());
let theirs = null; // all of the file, also what it says of images that are not here
let revision = "-"; // of no file: the first answer brings what there is
let version = Number(meta("review-version")) || 0;
let saves = 0;
let saving = false;
let saveTimer = 0;
let adopting = false;

// Returns what was said here of the page's images and is not in the file yet.
function unsaved() {
  const mine = byImage(gallery.picksDocument());
  const here = new Set(Array.from(document.querySelectorAll(".card"), (card) => card.dataset.fingerprint));
  return [...new Set([...known.keys(), ...mine.keys()])]
    .filter((image) => here.has(image) && known.get(image) !== mine.get(image))
    .map((image) => ({ fingerprint: image, was: parsed(known.get(image)), now: parsed(mine.get(image)) }));
}

// Takes over what the file says, but of images that were judged here since; returns how many images that changes.
function takeOver(told) {
  const mine = gallery.picksDocument();
  const keep = new Set(unsaved().map(({ fingerprint }) => fingerprint));
  const picks = [
    ...told.picks.filter(({ fingerprint }) => !keep.has(fingerprint)),
    ...mine.picks.filter(({ fingerprint }) => keep.has(fingerprint)),
  ];
  const [before, after] = [byImage(mine), byImage({ picks })];
  if ([...before, ...after].some(([image]) => before.get(image) !== after.get(image))) {
    adopting = true;
    gallery.adoptPicks({ ...told, picks }, { keepBare: true });
    adopting = false;
  }
  const now = byImage(gallery.picksDocument());
  const changed = [...new Set([...before.keys(), ...now.keys()])].filter((image) => before.get(image) !== now.get(image));
  theirs = told;
  // what is unsaved is still a change of what was known then: the server must see whether that holds
  known = new Map([...now.keys(), ...keep]
    .map((image) => [image, keep.has(image) ? known.get(image) : now.get(image)])
    .filter(([, text]) => text !== undefined));
  return changed.length;
}

async function save() {
  saveTimer = 0;
  const changes = unsaved();
  if (saving || !changes.length) return;
  saving = true;
  const [status, told] = await fetched(".review/picks", post(changes));
  saving = false;
  saves += 1;
  if (status !== 200 && status !== 409) {
    say("saving", `Not saved: ${why(status, told)} The page keeps it, and tries again.`, true);
    saveLater(RETRY_AFTER);
    return;
  }
  for (const { fingerprint, now } of changes) {
    if (now) known.set(fingerprint, opinion(now));
    else known.delete(fingerprint);
  }
  revision = told.revision;
  takeOver(told.picks);
  say("saving", [`Saved to ${file}.`, refused(told.refused), displaced(told.displaced)].join(""), status === 409);
  if (unsaved().length) saveLater(SAVE_AFTER);
}

const post = (changes) => ({
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify({ changes }),
});

function refused(images) {
  if (!images.length) return "";
  const names = images.slice(0, 3).map((image) => document.querySelector(`.card[data-fingerprint="${image}"]`)?.dataset.key ?? image);
  const more = images.length > names.length ? `, and ${images.length - names.length} more` : "";
  return ` Somebody else has changed it meanwhile, and what it says stays, for ${names.join("; ")}${more}.`;
}

const displaced = (rows) =>
  rows.length ? ` ${counted(rows.length, "row had", "rows had")} the other verdict for another image, which has gone.` : "";

function saveLater(milliseconds) {
  clearTimeout(saveTimer);
  saveTimer = setTimeout(save, milliseconds);
}

// Returns the HTTP status of an answer, 0 without one, and its JSON.
async function fetched(address, options) {
  try {
    const answer = await fetch(address, { ...options, cache: "no-store", redirect: "error" });
    return [answer.status, answer.headers.get("content-type")?.startsWith("application/json") ? await answer.json() : {}];
  } catch {
    return [0, {}];
  }
}

function why(status, { message }) {
  if (message) return `${message}.`;
  if (status === 403) return "another gen4flow review runs here now; open the address that it has printed.";
  return status ? `the answer was ${status}.` : "gen4flow review has ended; export the picks, or start it again.";
}

// Asks what is new. An answer that was under way while picks were saved is older than they are.
async function ask() {
  if (document.hidden) return;
  const before = saves;
  const [status, told] = await fetched(`.review/news?since=${version}&picks=${revision}`);
  if (status !== 200) {
    say("news", `Nothing new is shown here: ${why(status, told)}`, true);
    return;
  }
  say("news", told.fault || (told.running ? "A run is under way: its images appear here." : ""), Boolean(told.fault));
  version = told.version;
  if (told.cards) {
    gallery.addCards(told.cards);
    if (theirs) takeOver(theirs); // a new image may have been judged already
  }
  if (told.reload) say("plan", "Jobs have come or gone: load the page anew to see them in their order.", true);
  if (told.picks && !saving && saves === before) {
    const first = revision === "-";
    revision = told.revision;
    const changed = takeOver(told.picks);
    if (changed && !first) say("saving", `${file} has changed: ${counted(changed, "image is", "images are")} as it says now.`);
  }
}

async function askAgain() {
  await ask();
  place();
  setTimeout(askAgain, ASK_EVERY);
}

// The one place where the page says how that goes; read out when it changes, and above any dialog.
const board = document.createElement("output");
board.id = "review";
board.setAttribute("role", "status");
const lines = new Map([["saving", { text: "", trouble: false }]]);
let wellTimer = 0;

function say(about, text, trouble = false) {
  if (lines.get(about)?.text === text) return;
  lines.set(about, { text, trouble });
  clearTimeout(wellTimer);
  wellTimer = setTimeout(() => { if (!lines.get("saving").trouble) say("saving", ""); }, WELL_FOR);
  board.replaceChildren(...[...lines.values()].filter((line) => line.text).map((line) => {
    const paragraph = document.createElement("p");
    paragraph.className = line.trouble ? "trouble" : "";
    paragraph.textContent = line.text;
    return paragraph;
  }));
  board.hidden = !board.childElementCount;
  place();
}

function place() {
  const host = Array.from(document.querySelectorAll("dialog:modal")).at(-1) ?? document.body;
  if (board.parentElement !== host) host.append(board);
}

const style = new CSSStyleSheet();
style.replaceSync(`
  #review { position: fixed; z-index: 99; inset: .5rem .5rem auto auto; max-width: min(30rem, 80vw); padding: .3rem .7rem;
    border: 1px solid; border-radius: 6px; background: Canvas; color: CanvasText; font-size: .8125rem;
    overflow-wrap: anywhere; pointer-events: none; }
  #review p { margin: .1rem 0; }
  #review .trouble { font-weight: 700; }
  @media print { #review { display: none; } }`);
document.adoptedStyleSheets.push(style);

document.addEventListener("gallery:picks", () => { if (!adopting) saveLater(SAVE_AFTER); });
document.addEventListener("close", place, true);
document.addEventListener("visibilitychange", () => { if (!document.hidden) ask(); });
addEventListener("pagehide", () => {
  const changes = unsaved();
  if (changes.length) fetch(".review/picks", { ...post(changes), keepalive: true }).catch(() => {});
});
addEventListener("beforeunload", (event) => { if (lines.get("saving").trouble && unsaved().length) event.preventDefault(); });
say("saving", `Picks are saved to ${file}.`);
askAgain();

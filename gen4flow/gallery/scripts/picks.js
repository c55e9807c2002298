// Verdicts, stars and notes: an image's own, so cards that share one share them; and the file that they go into.

const FORMAT = "gen4flow-picks/1";
const NOTHING = Object.freeze({ verdict: "", stars: 0, note: "", keys: [] });

// fingerprint -> { verdict, stars, note, keys }; `keys` are rows of a picks file that this page does not show.
const opinions = new Map();
// What a picks file says of images that are not on this page, where the page shows only a part of the plan.
let elsewhere = [];

const opinionOf = (card) => opinions.get(card.fingerprint) ?? NOTHING;
const canJudge = (card) => cardsByFingerprint.has(card.fingerprint) && Boolean(card.image);

// Changes what is said of an image, and tells everybody who listens.
function judge(card, change) {
  if (!canJudge(card)) return false;
  setOpinion(card.fingerprint, { ...opinionOf(card), ...change });
  document.dispatchEvent(new CustomEvent("gallery:picks"));
  return true;
}

function setOpinion(fingerprint, opinion) {
  if (opinion.verdict || opinion.stars || opinion.note) opinions.set(fingerprint, opinion);
  else opinions.delete(fingerprint);
  for (const card of cardsByFingerprint.get(fingerprint) ?? []) showOpinion(card);
}

// Writes what is said of an image onto its card.
function showOpinion(card) {
  const { verdict } = opinionOf(card);
  card.element.dataset.verdict = verdict;
}

// Orders texts as Python does, by code points, where JavaScript compares halves of them.
function byCodePoints(a, b) {
  if (a === b) return 0;
  const halves = /[\ud800-\udfff]/;
  if (!halves.test(a) && !halves.test(b)) return a < b ? -1 : 1;
  const [left, right] = [Array.from(a, (one) => one.codePointAt(0)), Array.from(b, (one) => one.codePointAt(0))];
  return byItems(left, right, (x, y) => x - y);
}

function byItems(a, b, compare) {
  for (let place = 0; place < Math.min(a.length, b.length); place++) {
    const order = compare(a[place], b[place]);
    if (order) return order;
  }
  return a.length - b.length;
}

// The order of gen4flow's own picks files: rows first, so that a diff shows neighbours side by side.
function byRows(a, b) {
  return byItems(a.keys, b.keys, byCodePoints) || byCodePoints(a.fingerprint, b.fingerprint)
    || byCodePoints(a.verdict, b.verdict) || (a.stars ?? 0) - (b.stars ?? 0) || byCodePoints(a.note, b.note);
}

// Half a surrogate pair can't be in a file; gen4flow writes a question mark in its place.
const whole = (text) => text.replace(/\p{Surrogate}/gu, "?");

// Returns what a picks file says: every image with a verdict. Stars and notes alone can't be said in one.
function picksDocument() {
  const shown = new Set(cards.map((card) => card.rawKey));
  const picks = [];
  for (const [fingerprint, { verdict, stars, note, keys }] of opinions) {
    const rows = (cardsByFingerprint.get(fingerprint) ?? []).map((card) => card.rawKey);
    if (verdict && rows.length) picks.push({ fingerprint, keys: [...new Set([...rows, ...keys])], note, stars: stars || null, verdict });
  }
  for (const pick of elsewhere) {
    const keys = pick.keys.filter((key) => !shown.has(key));
    if (keys.length) picks.push({ ...pick, keys });
  }
  for (const pick of picks) pick.keys.sort(byCodePoints);
  picks.sort(byRows);
  return {
    format: FORMAT,
    manifest_sha256: head.manifest_sha256,
    picks: picks.map(({ fingerprint, keys, note, stars, verdict }) =>
      ({ fingerprint, keys: keys.map(whole), note: whole(note), stars, verdict })),
    recipe: whole(head.recipe),
  };
}

// Returns the text of a picks file, byte for byte what gen4flow itself writes for the same picks.
const exportText = () => `${JSON.stringify(picksDocument(), null, 1)}\n`;

// Replaces everything that was said by what a picks file says; returns how many of its images are not on this page.
function adoptPicks(told) {
  const picks = checkedPicks(told);
  const before = new Set(opinions.keys());
  opinions.clear();
  elsewhere = [];
  const rows = new Set(cards.map((card) => card.rawKey));
  let missing = 0;
  for (const { fingerprint, keys, verdict, stars, note } of picks) {
    const away = head.partial ? keys.filter((key) => !rows.has(key)) : [];
    if (cardsByFingerprint.has(fingerprint)) {
      opinions.set(fingerprint, { verdict, stars: stars ?? 0, note: note ?? "", keys: away });
    } else {
      missing += 1;
      if (away.length) elsewhere.push({ fingerprint, keys: away, note: note ?? "", stars: stars ?? null, verdict });
    }
  }
  for (const fingerprint of new Set([...before, ...opinions.keys()])) {
    for (const card of cardsByFingerprint.get(fingerprint) ?? []) showOpinion(card);
  }
  document.dispatchEvent(new CustomEvent("gallery:picks"));
  return missing;
}

// Returns the picks of a document that may be anybody's; throws an error for people where it is no picks file.
function checkedPicks(told) {
  if (told?.format !== FORMAT || !Array.isArray(told.picks)) throw new Error(`This is no picks file: its format is not ${FORMAT}.`);
  for (const [place, pick] of told.picks.entries()) {
    const fits = FINGERPRINT.test(pick?.fingerprint) && (pick.verdict === "pick" || pick.verdict === "reject")
      && Array.isArray(pick.keys) && pick.keys.length && pick.keys.every((key) => typeof key === "string" && key)
      && (pick.stars == null || (Number.isInteger(pick.stars) && pick.stars >= 1 && pick.stars <= 5))
      && (pick.note === undefined || typeof pick.note === "string");
    if (!fits) throw new Error(`picks[${place}] is not what a pick has to be: gen4flow schema picks says how.`);
  }
  return told.picks;
}

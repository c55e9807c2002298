// The picks file: what is said here as gen4flow reads and writes it, so that git shows nothing but what was changed.

const FORMAT = "gen4flow-picks/1";

// Orders texts as Python does, by code points, where JavaScript compares halves of them.
function byCodePoints(a, b) {
  if (a === b) return 0;
  const halves = /[\ud800-\udfff]/;
  if (!halves.test(a) && !halves.test(b)) return a < b ? -1 : 1;
  const points = (text) => Array.from(text, (one) => one.codePointAt(0));
  return byItems(points(a), points(b), (x, y) => x - y);
}

function byItems(a, b, compare) {
  for (let place = 0; place < Math.min(a.length, b.length); place++) {
    const order = compare(a[place], b[place]);
    if (order) return order;
  }
  return a.length - b.length;
}

// Orders picks as gen4flow does: by their rows first.
function byRows(a, b) {
  return byItems(a.keys, b.keys, byCodePoints) || byCodePoints(a.fingerprint, b.fingerprint)
    || byCodePoints(a.verdict, b.verdict) || (a.stars ?? 0) - (b.stars ?? 0) || byCodePoints(a.note, b.note);
}

// Half a surrogate pair can't be in a file; gen4flow writes a question mark in its place.
const fileable = (text) => text.replace(/\p{Surrogate}/gu, "?");

// Returns what a picks file says: every image with a verdict. Stars and notes alone can't be said in one.
function picksDocument() {
  const picks = [...judgedHere(), ...judgedElsewhere()].map((pick) => ({ ...pick, keys: [...pick.keys].sort(byCodePoints) }));
  return {
    format: FORMAT,
    manifest_sha256: head.manifest_sha256,
    picks: picks.sort(byRows).map(({ fingerprint, keys, note, stars, verdict }) =>
      ({ fingerprint, keys: keys.map(fileable), note: fileable(note), stars, verdict })),
    recipe: fileable(head.recipe),
  };
}

function* judgedHere() {
  for (const [fingerprint, { verdict, stars, note, keys }] of opinions) {
    const rows = (cardsByFingerprint.get(fingerprint) ?? []).map((card) => card.rawKey);
    if (verdict && rows.length) yield { fingerprint, keys: new Set([...rows, ...keys]), note, stars: stars || null, verdict };
  }
}

// A row that is on this page is judged here or not at all: no file may pick and reject it.
function* judgedElsewhere() {
  if (!elsewhere.length) return;
  const rows = new Set(cards.map((card) => card.rawKey));
  for (const pick of elsewhere) {
    const keys = pick.keys.filter((key) => !rows.has(key));
    if (keys.length) yield { ...pick, keys };
  }
}

// Returns the text of a picks file, byte for byte what gen4flow itself writes for the same picks.
const exportText = () => `${JSON.stringify(picksDocument(), null, 1)}\n`;

// Gives the picks to the browser as a file that is called after the recipe.
function exportPicks() {
  const address = URL.createObjectURL(new Blob([exportText()], { type: "application/json" }));
  const name = head.recipe.replace(/[^A-Za-z0-9_-]+/g, "-") || "gallery";
  make("a", { href: address, download: `${name}.picks.json` }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
  const { pick, reject } = countOpinions();
  say(`Exported: ${pick} picked, ${reject} rejected.`);
}

// Replaces everything that was said by what a picks file says; returns how many of its images are not on this page.
// `keepBare` keeps stars and notes without a verdict, which no file can say, where it says nothing of their images.
function adoptPicks(told, { keepBare = false } = {}) {
  const said = new Map();
  const away = [];
  const rows = new Set(cards.map((card) => card.rawKey));
  let missing = 0;
  for (const { fingerprint, keys, verdict, stars, note } of checkedPicks(told)) {
    const others = head.partial ? keys.filter((key) => !rows.has(key)) : [];
    if (cardsByFingerprint.has(fingerprint)) {
      said.set(fingerprint, { verdict, stars: stars ?? 0, note: note ?? "", keys: others });
    } else if (others.length) {
      away.push({ fingerprint, keys: others, note: note ?? "", stars: stars ?? null, verdict });
    } else {
      missing += 1;
    }
  }
  if (keepBare) {
    for (const [fingerprint, opinion] of opinions) {
      if (!opinion.verdict && !said.has(fingerprint)) said.set(fingerprint, opinion);
    }
  }
  replaceOpinions(said, away);
  return missing;
}

// Returns the picks of a document that may be anybody's; throws an error for people where it is no picks file.
function checkedPicks(told) {
  if (told?.format !== FORMAT || !Array.isArray(told.picks)) throw new Error(`this is no picks file: its format is not ${FORMAT}.`);
  for (const [place, pick] of told.picks.entries()) {
    if (!isPick(pick)) throw new Error(`picks[${place}] is not what a pick has to be: gen4flow schema picks says how.`);
  }
  return told.picks;
}

function isPick(pick) {
  const texts = (values) => Array.isArray(values) && values.length > 0 && values.every((one) => typeof one === "string" && one);
  return FINGERPRINT.test(pick?.fingerprint) && texts(pick.keys) && ["pick", "reject"].includes(pick.verdict)
    && (pick.stars == null || [1, 2, 3, 4, 5].includes(pick.stars)) && ["string", "undefined"].includes(typeof pick.note);
}

// Reads a picks file that somebody chose.
async function importPicks(file) {
  try {
    const missing = adoptPicks(JSON.parse(await file.text()));
    const { pick, reject } = countOpinions();
    say(`Imported: ${pick} picked, ${reject} rejected.`);
    notice(missing ? `${counted(missing, "pick is", "picks are")} of images that are not here, and left out.` : "");
  } catch (error) {
    const why = error instanceof SyntaxError ? "it is not JSON." : error.message;
    notice(`${file.name} was not imported: ${why}`);
  }
}

// Keeps what is said over a reload, in this browser. A browser may refuse to keep anything; the page then says so.

const KEEP = 10; // states of a gallery that has changed since
const SAVE_AFTER = 100; // milliseconds
let saving = 0;

// The galleries of one recipe, profile and provider follow each other as its manifest changes.
const slot = () => ["gen4flow", head.recipe, ...head.profiles, head.provider].join(" ");
const savedUnder = (sha256) => `${slot()} ${sha256}`;

function stored(name) {
  try {
    return JSON.parse(localStorage.getItem(name) ?? "null");
  } catch {
    return null;
  }
}

function save() {
  clearTimeout(saving);
  saving = 0;
  try {
    const sha256 = head.manifest_sha256;
    localStorage.setItem(savedUnder(sha256), JSON.stringify({ said: [...opinions], elsewhere }));
    const known = stored(slot());
    const order = [...(Array.isArray(known) ? known : []).filter((one) => one !== sha256), sha256];
    for (const old of order.splice(0, order.length - KEEP)) localStorage.removeItem(savedUnder(old));
    localStorage.setItem(slot(), JSON.stringify(order));
  } catch {
    notice("This browser keeps nothing for this page: export the picks before you leave it.");
  }
}

function saveSoon() {
  saving ||= setTimeout(save, SAVE_AFTER);
}

// Brings back what was said of this gallery, or of the images that it still has from before its manifest changed.
function restore() {
  const own = stored(savedUnder(head.manifest_sha256));
  const known = stored(slot());
  const earlier = own || !Array.isArray(known) ? null : stored(savedUnder(known.at(-1)));
  const kept = (own ?? earlier)?.said;
  const said = new Map(Array.isArray(kept) ? kept.filter(isOpinion) : []);
  if (!own) for (const fingerprint of said.keys()) if (!cardsByFingerprint.has(fingerprint)) said.delete(fingerprint);
  const away = (own ?? earlier)?.elsewhere;
  if (!said.size && !own) return;
  replaceOpinions(said, Array.isArray(away) ? away.filter(isPick) : []);
  if (!own) notice(`${counted(said.size, "image keeps its", "images keep their")} verdict, stars or note from before the manifest changed.`);
}

function isOpinion(entry) {
  const [fingerprint, said] = Array.isArray(entry) ? entry : [];
  return FINGERPRINT.test(fingerprint) && ["", "pick", "reject"].includes(said?.verdict)
    && [0, 1, 2, 3, 4, 5].includes(said.stars) && typeof said.note === "string" && Array.isArray(said.keys);
}

// Settings are kept for all galleries alike.
function setting(name, value) {
  if (value === undefined) return stored(`gen4flow ${name}`);
  try {
    localStorage.setItem(`gen4flow ${name}`, JSON.stringify(value));
  } catch {
    // what can't be kept is the default the next time
  }
  return value;
}

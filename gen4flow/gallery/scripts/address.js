// The view lives in the address, after the #, so that it can be sent to somebody, and is there again after a reload.

const WRITE_AFTER = 300; // milliseconds; browsers refuse to change the address too often
const GROUPS = { axes: "axis.", tags: "tag." };
let written = "";
let writeAt = 0;
let writing = 0;

// Returns the address's part after the # for what is wanted now.
function addressOf() {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(DEFAULTS)) if (wanted[name] !== value) params.set(name, wanted[name]);
  for (const [group, prefix] of Object.entries(GROUPS)) {
    for (const [name, value] of wanted[group]) params.set(prefix + name, value);
  }
  if (byId("lightbox").open) params.set("image", current.key);
  if (byId("compare").open) for (const card of compared) params.append("compare", card.key);
  return params.toString();
}

// Writes the address now where that is not too often, else soon.
function writeAddress() {
  clearTimeout(writing);
  const wait = writeAt + WRITE_AFTER - Date.now();
  if (wait > 0) {
    writing = setTimeout(writeAddress, wait);
    return;
  }
  const address = addressOf();
  if (address === written) return;
  written = address;
  writeAt = Date.now();
  try {
    history.replaceState(null, "", address ? `#${address}` : location.pathname + location.search);
  } catch {
    // some browsers let a page at file:// change nothing: it works all the same
  }
}

// Takes what the address says into what is wanted; what it names that is not there is left out.
function readAddress() {
  written = location.hash.slice(1);
  const params = new URLSearchParams(written);
  for (const [name, value] of Object.entries(DEFAULTS)) wanted[name] = params.get(name) ?? value;
  if (!VIEWS.includes(wanted.view)) wanted.view = DEFAULTS.view;
  for (const [group, prefix] of Object.entries(GROUPS)) {
    wanted[group].clear();
    for (const [name, value] of params) if (name.startsWith(prefix)) wanted[group].set(name.slice(prefix.length), value);
  }
  const find = (key) => (key === null ? undefined : cards.find((card) => card.key === key));
  return { image: find(params.get("image")), compare: params.getAll("compare").map(find).filter(Boolean) };
}

// Shows what the address says.
function followAddress() {
  if (location.hash.slice(1) === written) return;
  const { image, compare } = readAddress();
  closeDialogs();
  showView();
  if (image) openLightbox(image);
  else if (compare.length > 1) openCompare(compare);
}

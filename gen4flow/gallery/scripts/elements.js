// Makes elements; texts go into them as text, never as markup.

const byId = (id) => document.getElementById(id);

// Every button that does something, by what it does: there are few, and the cards are many to look through.
const buttons = new Map(Array.from(document.querySelectorAll("[data-do]"), (button) => [button.dataset.do, button]));
const dialogs = ["lightbox", "compare", "help"].map(byId);
const openDialogs = () => dialogs.filter((dialog) => dialog.open);

// Returns an element with attributes, and children that are texts or elements.
function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

// Returns a list of names and values; what is empty is left out.
function makeFacts(pairs) {
  const list = make("dl");
  for (const [name, value] of pairs) {
    if (value !== "" && value !== undefined) list.append(make("dt", null, name), make("dd", { dir: "auto" }, value));
  }
  return list;
}

// Numbers are grouped by hand: the first look into a browser's locales takes longer than everything else here.
const grouped = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, ",");
const counted = (number, one, several) => `${grouped(number)} ${number === 1 ? one : several}`;

// Returns micro-dollars as dollars, with all the digits that say something, at least the cents.
function dollars(micros) {
  const digits = (micros / 1e6).toFixed(6).replace(/(\.\d{2}\d*?)0+$/, "$1");
  return `$${digits}`;
}

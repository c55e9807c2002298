// Wall, table and list: the same cards in another order of the page.

const VIEWS = ["wall", "table", "list"];
const sheet = document.querySelector(".sheet");

// Shows the view that is wanted.
function showView() {
  const { view } = wanted;
  document.documentElement.dataset.view = view;
  for (const name of VIEWS) buttons.get(name).setAttribute("aria-pressed", name === view);
  if (view !== "table") leaveTable();
  if (view === "list") showPrompts();
  showSize();
  refresh();
  if (current) current.element.scrollIntoView({ block: "nearest" });
}

function setView(view) {
  wanted.view = view;
  showView();
}

// Writes the prompts into the cards, the first time that somebody wants a list.
function showPrompts() {
  for (const card of cards) {
    if (card.listed) continue;
    card.listed = true;
    card.element.append(make("span", { class: "prompt" }, card.prompt.text));
  }
}

// How large images are, in rem; the style's own size as long as nobody moved the slider.
function showSize() {
  const size = /^([6-9]|[12]\d|3[0-2])$/.test(wanted.size) ? wanted.size : "";
  byId("images").style.setProperty("--size", size ? `${size}rem` : "");
  if (size) byId("size").value = size;
}

// The table: one axis down, one across, and tabs for the others. Its cells hold the cards themselves.

const MAX_CELLS = 40_000; // more than anybody looks at, and than a browser draws in time
let tableOf = ""; // what the table that stands there was made from

// Returns the axes with several values.
const axesToShow = () => Array.from(axisValues).filter(([, values]) => values.length > 1).map(([name]) => name);

// Returns the axes of rows and columns, empty where there is none: those that are wanted, else the two with the most
// values, because what has few fits into tabs; seeds come last.
function tableAxes() {
  const many = (name) => (name === "seed" ? 0 : axisValues.get(name).length);
  const names = axesToShow().sort((a, b) => many(b) - many(a));
  const rows = names.includes(wanted.rows) ? wanted.rows : names.find((name) => name !== wanted.columns) ?? "";
  const columns = names.includes(wanted.columns) && wanted.columns !== rows
    ? wanted.columns : names.find((name) => name !== rows) ?? "";
  return { rows, columns };
}

// Builds the table where its axes have changed, and leaves out the rows and columns in which nothing is shown.
function showTable() {
  const { rows, columns } = tableAxes();
  const wantedTable = JSON.stringify([rows, columns, cards.length]);
  if (tableOf !== wantedTable) {
    buildTable(rows, columns);
    tableOf = wantedTable;
  }
  showTabs();
  const table = byId("table").querySelector("table");
  if (table) hideEmpty(table);
  byId("nothing").hidden = shown.length > 0;
}

// Puts the cards back into the sheet.
function leaveTable() {
  if (!tableOf) return;
  tableOf = "";
  for (const name of document.querySelectorAll(".name > .told")) name.classList.remove("told");
  sheet.append(...cards.map((card) => card.element));
  byId("table").hidden = true;
  byId("table").replaceChildren();
  sheet.hidden = false;
}

function buildTable(rows, columns) {
  leaveTable();
  const [down, across] = [axisValues.get(rows) ?? [""], axisValues.get(columns) ?? [""]];
  const holder = byId("table");
  holder.hidden = false;
  if (down.length * across.length > MAX_CELLS) {
    holder.replaceChildren(makeChooser(rows, columns), make("p", null, "This table would be too large: choose other axes."));
    return;
  }
  const cells = new Map();
  const body = make("tbody");
  for (const value of [...down, null]) body.append(makeRow(value, [...across, null], cells));
  for (const card of cards) {
    const row = cells.get(card.axes.get(rows) ?? (rows ? null : "")) ?? cells.get(null);
    (row.get(card.axes.get(columns) ?? (columns ? null : "")) ?? row.get(null)).append(card.element);
    tellRest(card, rows, columns);
  }
  const corner = make("td", null, make("span", { class: "unseen" }, `${rows} down, ${columns} across`));
  const heads = [...across, null].map((value) => make("th", { scope: "col" }, make("bdi", null, value ?? "–")));
  const table = make("table", { "aria-label": `${rows} by ${columns}` }, make("thead", null, make("tr", null, corner, ...heads)), body);
  const frame = make("div", { class: "frame", id: "table-panel", role: "tabpanel", "aria-label": "Images", tabindex: "-1" }, table);
  holder.replaceChildren(make("div", { class: "axes" }, makeChooser(rows, columns), ...makeTabs(rows, columns)), frame);
  sheet.hidden = true;
}

// Returns a row with empty cells, which it also puts into `cells` by the values of both axes.
function makeRow(value, across, cells) {
  const row = make("tr", null, make("th", { scope: "row" }, make("bdi", null, value ?? "–")));
  const made = new Map();
  for (const other of across) made.set(other, row.appendChild(document.createElement("td")));
  cells.set(value, made);
  return row;
}

// A card in a cell says with words only what row and column don't say.
function tellRest(card, rows, columns) {
  const names = card.element.querySelectorAll(".name > span");
  [...card.axes.keys()].forEach((name, place) => {
    names[place]?.classList.toggle("told", name === rows || name === columns);
  });
}

// Hides the rows and columns in which no card is shown.
function hideEmpty(table) {
  const used = new Set([0]);
  for (const row of table.tBodies[0].rows) {
    let any = false;
    for (const card of row.querySelectorAll(".card:not([hidden])")) {
      used.add(card.parentElement.cellIndex);
      any = true;
    }
    row.hidden = !any;
  }
  for (const row of table.rows) {
    for (let place = 1; place < row.cells.length; place++) row.cells[place].hidden = !used.has(place);
  }
}

// Returns the next card above or below in the same column.
function cardInRow(card, ahead) {
  const cell = card.element.closest("td");
  const rows = byId("table").querySelector("table").tBodies[0].rows;
  for (let place = cell.parentElement.sectionRowIndex + ahead; rows[place]; place += ahead) {
    const found = rows[place].cells[cell.cellIndex].querySelector(".card:not([hidden])");
    if (found) return shown.find((one) => one.element === found);
  }
  return null;
}

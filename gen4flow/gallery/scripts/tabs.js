// What a table is made of: the fields that choose its axes, and a row of tabs for each of the others: its filter.

// Returns the fields that choose the axes of rows and columns.
function makeChooser(rows, columns) {
  const field = (name, id, chosen, other) => {
    const select = make("select", { id });
    makeOptions(select, axesToShow().map((axis) => [axis, axis]));
    select.value = chosen;
    select.addEventListener("change", () => {
      if (select.value === other) Object.assign(wanted, { rows: columns, columns: rows });
      else wanted[id === "table-rows" ? "rows" : "columns"] = select.value;
      refresh();
      byId(id).focus();
    });
    return make("label", null, `${name} `, select);
  };
  const chooser = make("p", { class: "chooser" }, field("Rows", "table-rows", rows, columns), field("Columns", "table-columns", columns, rows));
  chooser.hidden = axesToShow().length < 2;
  return chooser;
}

// Returns a row of tabs for each axis that is neither down nor across.
function makeTabs(rows, columns) {
  return axesToShow().filter((name) => name !== rows && name !== columns).map((name) => {
    const tabs = ["", ...axisValues.get(name)].map((value) =>
      make("button", { type: "button", role: "tab", "data-value": value, "aria-controls": "table-panel" }, make("bdi", null, value || "all")));
    const list = make("div", { role: "tablist", "aria-label": name, "data-name": name }, ...tabs);
    list.addEventListener("click", (event) => chooseTab(list, event.target.closest("[role=tab]")));
    list.addEventListener("keydown", (event) => {
      const ahead = { ArrowRight: 1, ArrowLeft: -1, Home: -tabs.length, End: tabs.length }[event.key];
      if (!ahead) return;
      event.preventDefault();
      const place = tabs.indexOf(document.activeElement) + ahead;
      const tab = tabs[Math.min(Math.max(place, 0), tabs.length - 1)];
      chooseTab(list, tab);
      tab.focus();
    });
    return make("div", { class: "tabs" }, make("span", { "aria-hidden": "true" }, name), list);
  });
}

function chooseTab(list, tab) {
  if (!tab) return;
  if (tab.dataset.value) wanted.axes.set(list.dataset.name, tab.dataset.value);
  else wanted.axes.delete(list.dataset.name);
  refresh();
}

// Lets the tabs say which of them are chosen.
function showTabs() {
  for (const tab of byId("table").querySelectorAll("[role=tab]")) {
    const chosen = (wanted.axes.get(tab.parentElement.dataset.name) ?? "") === tab.dataset.value;
    tab.setAttribute("aria-selected", chosen);
    tab.tabIndex = chosen ? 0 : -1;
  }
}

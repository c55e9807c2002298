// The choices of the filters: fields for text, status and verdict, and one for each axis and tag with several values.

const MAX_CHOICES = 300; // values of one field; what has more is found by its text

function makeOptions(select, options) {
  select.replaceChildren(...options.map(([value, name]) => make("option", { value }, name)));
}

// Makes the fields anew from the cards that are there.
function makeFacets() {
  const statuses = new Map();
  for (const { status } of cards) statuses.set(status, (statuses.get(status) ?? 0) + 1);
  const rest = cards.length - (statuses.get(WAITING) ?? 0);
  makeOptions(byId("filter-status"), [
    ...(someWait() ? [["", `all but ${WAITING} (${rest})`], [ALL, `all (${cards.length})`]] : [["", `all (${cards.length})`]]),
    ...Array.from(statuses, ([status, number]) => [status, `${status} (${number})`]).filter(([status]) => status),
  ]);
  makeOptions(byId("filter-verdict"), [["", "any"], ...Object.entries(VERDICTS).map(([value, { name }]) => [value, name])]);
  const tags = new Map();
  for (const card of cards) {
    for (const [name, value] of card.tags) tags.set(name, (tags.get(name) ?? new Set()).add(value));
  }
  byId("facets").replaceChildren(
    ...Array.from(axisValues, ([name, values]) => makeFacet("axes", name, values)).filter(Boolean),
    ...Array.from(tags, ([name, values]) => saysAnAxis(name) ? null : makeFacet("tags", name, [...values])).filter(Boolean),
  );
  buttons.get("facets").hidden = !byId("facets").childElementCount;
}

// Tells whether a tag says of all cards what an axis says already: one field is enough then.
function saysAnAxis(tag) {
  return Array.from(axisValues.keys()).some((axis) => {
    const [there, back] = [new Map(), new Map()];
    return cards.every((card) => {
      const [one, other] = [card.axes.get(axis), card.tags.get(tag)];
      if (!there.has(one)) there.set(one, other);
      if (!back.has(other)) back.set(other, one);
      return there.get(one) === other && back.get(other) === one;
    });
  });
}

// Returns the field of one axis or tag, null where there is nothing to choose.
function makeFacet(kind, name, values) {
  if (values.length < 2 || values.length > MAX_CHOICES) return null;
  const select = make("select", { "data-kind": kind, "data-name": name });
  makeOptions(select, [["", "all"], ...values.map((value) => [value, value])]);
  return make("label", null, make("bdi", null, kind === "tags" ? `tag ${name}` : name), " ", select);
}

// Takes what the fields say into what is wanted.
function readFilters(event) {
  const { id, dataset, value } = event.target;
  if (id === "filter-text") wanted.text = value;
  else if (id === "filter-status") wanted.status = value;
  else if (id === "filter-verdict") wanted.verdict = value;
  else if (dataset.kind && value) wanted[dataset.kind].set(dataset.name, value);
  else if (dataset.kind) wanted[dataset.kind].delete(dataset.name);
  else return;
  refresh();
}

// Lets the fields say what is wanted, whoever wanted it.
function showFilters() {
  const fields = { "filter-text": wanted.text, "filter-status": wanted.status, "filter-verdict": wanted.verdict };
  for (const [id, value] of Object.entries(fields)) if (byId(id).value !== value) byId(id).value = value;
  for (const select of byId("facets").querySelectorAll("select")) {
    const value = wanted[select.dataset.kind].get(select.dataset.name) ?? "";
    if (select.value !== value) select.value = value; // setting it makes the browser lay out the page
  }
  byId("show-all").hidden = !isFiltered();
}

function toggleFacets(open = byId("facets").hidden) {
  byId("facets").hidden = !open;
  buttons.get("facets").setAttribute("aria-expanded", open);
}

// The lightbox: one image as large as it fits, and all that is known of it.

function openLightbox(card, { zoomed = false } = {}) {
  setCurrent(card);
  openDialog(byId("lightbox"));
  showLightbox();
  if (zoomed && card.image) toggleZoom();
}

// Shows the current card; its neighbours are fetched before somebody asks for them.
function showLightbox() {
  const card = current;
  clearZoom({ keep: true });
  // A stage of its own for each image: what listened to the last one goes with it.
  const stage = make("div", { class: "stage", id: "lightbox-stage" });
  byId("lightbox-stage").replaceWith(stage);
  if (card.image) makeStage(stage, card);
  else stage.replaceChildren(make("p", { class: "status", "data-status": card.status }, card.status), ...reasonsOf(card));
  byId("lightbox-title").textContent = cardName(card);
  byId("lightbox-facts").replaceChildren(...factsOf(card));
  byId("lightbox-more").replaceChildren(...moreOf(card));
  byId("lightbox-about").scrollTop = 0;
  byId("note").disabled = !canJudge(card);
  showNote();
  for (const side of ["next", "previous"]) {
    const other = neighbour(side);
    if (other?.image && other !== card) new Image().src = other.address;
  }
  writeAddress();
}

function reasonsOf(card) {
  return Array.from(card.element.querySelectorAll(".stage > span"), (reason) => make("p", { dir: "auto" }, reason.textContent));
}

function showNote() {
  const { verdict, stars, note } = opinionOf(current ?? {});
  if (byId("note").value !== note) byId("note").value = note;
  byId("note-hint").hidden = Boolean(verdict) || !(stars || note);
}

// Returns what is looked for first: coordinates, prompt, seed, price.
function factsOf(card) {
  const money = [
    ["list price", card.list >= 0 ? (card.list ? dollars(card.list) : "free") : ""],
    ["charged", card.charged >= 0 ? dollars(card.charged) : ""],
  ];
  return [
    makeFacts([["status", card.status], ...card.axes, ["seed", card.axes.has("seed") ? "" : card.seed], ...money]),
    make("h3", null, "Prompt"),
    make("p", { class: "prompt", dir: "auto" }, card.prompt.text),
  ];
}

// Returns everything else, and how the image is made again.
function moreOf(card) {
  const parts = [["Parameters", card.parameters], ["Reference images", card.references], ["Tags", card.tags], ["Extras", card.extras]];
  const size = card.image?.getAttribute("width") ? `${card.image.getAttribute("width")} × ${card.image.getAttribute("height")}` : "";
  const shared = sharing(card).filter((other) => other !== card);
  return [
    ...parts.flatMap(([title, pairs]) => (pairs.size ?? pairs.length ? [make("h3", null, title), makeFacts(pairs)] : [])),
    ...(card.delivered.length ? [make("h3", null, "Delivered as"), make("ul", null, ...card.delivered.map(([told, address]) => make("li", null, make("a", { href: address }, told))))] : []),
    make("h3", null, "Made"),
    makeFacts([["provider", head.provider], ...(card.made.has("model") ? [] : [["model", head.model]]), ...card.made,
      ["size", size], ["finished", card.finished], ["prediction", card.prediction], ["key", card.key], ["fingerprint", card.fingerprint]]),
    ...(shared.length ? [make("p", null, `${counted(shared.length, "other row shows", "other rows show")} this image: `, ...shared.slice(0, 20).map((other) => make("span", { class: "row" }, other.key)))] : []),
    ...againOf(card),
    card.address === null ? null : make("p", null, make("a", { href: card.address }, "The file itself")),
  ].filter(Boolean);
}

// Returns how to make an image again: the command that brings it, and the request for whoever has another tool.
function againOf(card) {
  const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;
  const profiles = head.profiles.map((name) => ` -P ${/^[\w-]+$/.test(name) ? name : quoted(name)}`).join("");
  const command = `gen4flow run RECIPE${profiles} --provider ${head.provider} -s ${quoted(card.key)}`;
  const request = {
    provider: head.provider, model: card.made.get("model") ?? head.model, prompt: card.prompt.text,
    ...Object.fromEntries(card.parameters), ...(card.seed ? { seed: card.seed } : {}),
    ...(card.references.length ? { reference_images: card.references.map((pair) => pair.join(": ")) } : {}),
  };
  const from = head.commit ? ` The recipe is that of commit ${head.commit}${head.dirty ? ", with changes that were not committed" : ""}.` : "";
  return [
    make("h3", null, "Make it again"),
    make("p", null, (card.seed ? `Its seed is ${card.seed}.` : "No seed was sent: the same request makes another image.")
      + ` The command restores the file, and buys only what nobody has bought; RECIPE is the file of the recipe ${head.recipe}.${from}`),
    makeCopied("command", command),
    makeCopied("request", JSON.stringify(request, null, 1)),
  ];
}

// Returns a text with a button that copies it.
function makeCopied(name, text) {
  const button = make("button", { type: "button" }, `Copy the ${name}`);
  const shown = make("pre", { tabindex: "0", "aria-label": `The ${name}` }, text);
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text);
      say(`Copied the ${name}.`);
    } catch {
      getSelection().selectAllChildren(shown);
      say(`The ${name} is selected: copy it by hand.`);
    }
  });
  return make("div", { class: "copied" }, shown, button);
}

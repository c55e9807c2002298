// Shows the filter, and hides the cards that it leaves out. Without script the page is a plain contact sheet.
"use strict";
{
  const form = document.getElementById("filter");
  const text = document.getElementById("filter-text");
  const status = document.getElementById("filter-status");
  const count = document.getElementById("filter-count");
  const cards = Array.from(document.querySelectorAll(".card"), (card) => ({
    card,
    words: `${card.dataset.key} ${card.querySelector("figcaption").textContent} ${
      card.querySelector(".error")?.textContent ?? ""}`.toLowerCase(),
  }));

  const filter = () => {
    const wanted = text.value.toLowerCase().split(/\s+/);
    let shown = 0;
    for (const { card, words } of cards) {
      const fits = !status.value || card.dataset.status === status.value;
      card.hidden = !(fits && wanted.every((word) => words.includes(word)));
      shown += card.hidden ? 0 : 1;
    }
    count.value = `${shown} of ${cards.length} shown`;
  };

  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;
  filter();

  // How many images there are to see, for whoever checks the page from outside.
  const loaded = new Set();
  const note = (image) => {
    if (image instanceof HTMLImageElement && image.complete && image.naturalWidth) loaded.add(image);
    document.documentElement.dataset.loaded = loaded.size;
  };
  document.addEventListener("load", (event) => note(event.target), true);
  for (const image of document.images) note(image);
}

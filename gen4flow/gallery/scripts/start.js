// Starts the page, and is what other scripts may use of it.

// Puts cards that a server made into the page, in place of those with the same key; verdicts stay.
function addCards(html) {
  const root = new DOMParser().parseFromString(html, "text/html");
  const fresh = readCards(root);
  const replaced = takeCards(fresh);
  for (const card of replaced) card.element.remove();
  for (const card of fresh) {
    const next = cards.slice(cards.indexOf(card) + 1).find((other) => other.element.ownerDocument === document);
    document.querySelector(".sheet").insertBefore(card.element, next?.element ?? null);
    showOpinion(card);
  }
}

globalThis.gallery = Object.freeze({ picksDocument, exportText, adoptPicks, addCards });

takeCards(readCards(document));

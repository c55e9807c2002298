// Verdicts, stars and notes. They are an image's own: cards that share a fingerprint share them.

const NOTHING = Object.freeze({ verdict: "", stars: 0, note: "", keys: [] });

// fingerprint -> { verdict, stars, note, keys }; `keys` are rows of a picks file that this page does not show.
const opinions = new Map();
// What a picks file says of images that are not on this page, kept where the page shows only a part of the plan.
let elsewhere = [];

const opinionOf = (card) => opinions.get(card.fingerprint) ?? NOTHING;
const canJudge = (card) => Boolean(card?.image) && cardsByFingerprint.has(card.fingerprint);
const sharing = (card) => cardsByFingerprint.get(card.fingerprint) ?? [];

// Changes what is said of an image, and tells everybody who listens.
function judge(card, change) {
  const opinion = { ...opinionOf(card), ...change };
  if (opinion.verdict || opinion.stars || opinion.note) opinions.set(card.fingerprint, opinion);
  else opinions.delete(card.fingerprint);
  sharing(card).forEach(showOpinion);
  opinionsChanged();
}

// Replaces all that is said; the cards show it.
function replaceOpinions(said, saidElsewhere) {
  const touched = new Set([...opinions.keys(), ...said.keys()]);
  opinions.clear();
  for (const [fingerprint, opinion] of said) opinions.set(fingerprint, opinion);
  elsewhere = saidElsewhere;
  for (const fingerprint of touched) (cardsByFingerprint.get(fingerprint) ?? []).forEach(showOpinion);
  opinionsChanged();
}

const opinionsChanged = () => document.dispatchEvent(new CustomEvent("gallery:picks"));

// Writes what is said of an image onto its card.
function showOpinion(card) {
  const { verdict, stars, note } = opinionOf(card);
  card.element.dataset.verdict = verdict;
  let badge = card.element.querySelector(".badge");
  if (!badge && !verdict && !stars && !note) return;
  badge ??= card.element.appendChild(make("span", { class: "badge" }));
  badge.replaceChildren(
    ...(verdict ? [make("b", { "aria-hidden": "true" }, verdict === "pick" ? "✓" : "✕"),
      make("span", { class: "unseen" }, verdict === "pick" ? " picked " : " rejected ")] : []),
    ...(stars ? [make("span", { class: "rated", "aria-hidden": "true" }, "★".repeat(stars)),
      make("span", { class: "unseen" }, ` ${counted(stars, "star", "stars")} `)] : []),
    ...(note ? [make("span", { class: "noted", title: note }, "note")] : []),
  );
}

// Counts what is said: picked, rejected, and what no picks file can hold because it has no verdict.
function countOpinions() {
  const counts = { pick: 0, reject: 0, bare: 0 };
  for (const { verdict } of opinions.values()) counts[verdict || "bare"] += 1;
  return counts;
}

// Which words two texts have in common, in order: by the longest common subsequence, which is short work for prompts.

const MAX_PAIRS = 4_000_000; // words of one text times those of the other; beyond it, all that is in the middle differs

const wordsIn = (text) => text.match(/\s+|[^\s]+/g) ?? [];

// Returns for each word of both lists whether the other has it at its place.
function commonWords(left, right) {
  const same = [new Array(left.length).fill(false), new Array(right.length).fill(false)];
  let start = 0;
  while (start < left.length && start < right.length && left[start] === right[start]) {
    same[0][start] = same[1][start] = true;
    start++;
  }
  let [endLeft, endRight] = [left.length, right.length];
  while (endLeft > start && endRight > start && left[endLeft - 1] === right[endRight - 1]) {
    same[0][--endLeft] = same[1][--endRight] = true;
  }
  const [rows, columns] = [endLeft - start, endRight - start];
  if (rows && columns && rows * columns <= MAX_PAIRS) markCommon(left, right, start, rows, columns, same);
  return same;
}

function markCommon(left, right, start, rows, columns, same) {
  const width = columns + 1;
  const longest = new Uint32Array((rows + 1) * width);
  for (let row = rows - 1; row >= 0; row--) {
    for (let column = columns - 1; column >= 0; column--) {
      const place = row * width + column;
      longest[place] = left[start + row] === right[start + column]
        ? longest[place + width + 1] + 1
        : Math.max(longest[place + width], longest[place + 1]);
    }
  }
  for (let row = 0, column = 0; row < rows && column < columns;) {
    const place = row * width + column;
    if (left[start + row] === right[start + column]) {
      same[0][start + row++] = same[1][start + column++] = true;
    } else if (longest[place + width] >= longest[place + 1]) row++;
    else column++;
  }
}

// Returns each text as elements: what the first has alone is deleted, what another has that the first lacks, inserted.
function diffTexts(texts) {
  const [first, ...others] = texts.map((text) => text.split(/\s+/).filter(Boolean));
  const everywhere = new Array(first.length).fill(true);
  const told = others.map((words) => {
    const [inFirst, inOther] = commonWords(first, words);
    inFirst.forEach((same, place) => { everywhere[place] &&= same; });
    return makeDiff(words, inOther, "ins");
  });
  return [makeDiff(first, everywhere, "del"), ...told];
}

// Returns words as text, in which those that differ stand in elements of a tag.
function makeDiff(words, same, tag) {
  const parts = [];
  for (let place = 0; place < words.length;) {
    const [start, kind] = [place, same[place]];
    while (place < words.length && same[place] === kind) place++;
    const text = words.slice(start, place).join(" ");
    parts.push(kind ? text : make(tag, null, text), " ");
  }
  return make("p", { class: "prompt", dir: "auto" }, ...parts.slice(0, -1));
}

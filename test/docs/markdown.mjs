/** Fenced blocks of a Markdown page, and the page with other texts in their place. */

/** @typedef {{ info: string, text: string, start: number, end: number }} Block */

/** Every fenced block, with where its text begins and ends in the page. */
export function blocksOf(page) {
  return [...page.matchAll(/^```(.*)\n([\s\S]*?)^```$/gm)].map((match) => {
    const [whole, info, text] = match;
    const start = match.index + whole.indexOf('\n') + 1;
    return { info, text, start, end: start + text.length };
  });
}

/** The page with new texts for some of its blocks. */
export function withTexts(page, texts) {
  let changed = page;
  for (const [block, text] of [...texts].sort(([a], [b]) => b.start - a.start)) {
    changed = changed.slice(0, block.start) + text + changed.slice(block.end);
  }
  return changed;
}

/** The page with what stands between `<!-- NAME -->` and `<!-- /NAME -->` replaced, for each name. */
export function withSections(page, sections) {
  return Object.entries(sections).reduce(
    (text, [name, content]) =>
      text.replace(
        new RegExp(`(<!-- ${name} -->\n)[\\s\\S]*?(<!-- /${name} -->)`),
        (_whole, open, close) => `${open}\n${content.trim()}\n\n${close}`,
      ),
    page,
  );
}

/** The commands of a console block and the lines shown below each. */
export function stepsOf(text) {
  return text
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const [command, ...shown] = part.trimEnd().split('\n');
      return { command, shown };
    });
}

/**
 * How much of an output a block shows: all of it, or with `head=3 tail=1` in its info the first and last lines and `…`
 * for what is between.
 */
export function excerpt(lines, info) {
  const amount = (name) => Number(new RegExp(`\\b${name}=(\\d+)`).exec(info)?.[1] ?? 0);
  const [head, tail] = [amount('head'), amount('tail')];
  if (head + tail === 0 || lines.length <= head + tail) return lines;
  return [...lines.slice(0, head), '…', ...(tail > 0 ? lines.slice(-tail) : [])];
}

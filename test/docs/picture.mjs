/** A picture of a terminal, as SVG, made from what commands print in color. */

const COLUMNS = 88;
const [LINE_HEIGHT, CHARACTER_WIDTH, PADDING] = [20, 8.4, 18];

/** Colors of the sixteen that terminals have, as far as the tool uses them, on a dark background. */
const colors = {
  31: '#ff7b72',
  32: '#7ee787',
  33: '#e3b341',
  36: '#79c0ff',
  90: '#8b949e',
};

/** Splits a line into runs of text with one style. */
function runsOf(line) {
  const runs = [];
  let style = { color: undefined, isBold: false, isFaint: false };
  for (const [, codes, text] of `\x1b[0m${line}`.matchAll(/\x1b\[([\d;]*)m([^\x1b]*)/g)) {
    for (const code of codes.split(';').map(Number)) style = withCode(style, code);
    if (text !== '') runs.push({ text, ...style });
  }
  return runs;
}

function withCode(style, code) {
  if (code === 0) return { color: undefined, isBold: false, isFaint: false };
  if (code === 1) return { ...style, isBold: true };
  if (code === 2) return { ...style, isFaint: true };
  if (code === 22) return { ...style, isBold: false, isFaint: false };
  if (code === 39) return { ...style, color: undefined };
  return colors[code] ? { ...style, color: colors[code] } : style;
}

/** Breaks runs into lines of at most COLUMNS characters, at spaces. */
function wrapped(runs) {
  const lines = [[]];
  let used = 0;
  for (const { text, ...style } of runs) {
    for (const word of text.split(/(?<= )/)) {
      if (used + word.trimEnd().length > COLUMNS && used > 0) {
        lines.push([{ text: '    ', ...style }]);
        used = 4;
      }
      lines.at(-1).push({ text: word, ...style });
      used += word.length;
    }
  }
  return lines;
}

function escapeXml(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function spanOf({ text, color, isBold, isFaint }) {
  const style = [
    color ? ` fill="${color}"` : '',
    isBold ? ' font-weight="bold"' : '',
    isFaint ? ' fill="#8b949e"' : '',
  ].join('');
  return `<tspan${style}>${escapeXml(text)}</tspan>`;
}

/** The picture of several commands and what each printed, with ANSI colors. */
export function pictureOf(steps) {
  const lines = steps.flatMap(({ command, printed }, index) => [
    ...(index > 0 ? [[]] : []),
    ...wrapped([
      { text: '$ ', color: colors[90] },
      { text: command, isBold: true },
    ]),
    ...printed
      .trimEnd()
      .split('\n')
      .flatMap((line) => wrapped(runsOf(line))),
  ]);
  const width = Math.ceil(COLUMNS * CHARACTER_WIDTH + 2 * PADDING);
  const height = lines.length * LINE_HEIGHT + 2 * PADDING;
  const rows = lines.map((runs, index) => {
    const y = PADDING + LINE_HEIGHT * (index + 0.75);
    return `  <text x="${PADDING}" y="${y}" xml:space="preserve">${runs.map(spanOf).join('')}</text>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img"`,
    `  font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="14" fill="#e6edf3">`,
    `  <title>${escapeXml(steps.map(({ command }) => command).join('; '))}</title>`,
    `  <rect width="100%" height="100%" rx="8" fill="#0d1117"/>`,
    ...rows,
    '</svg>',
    '',
  ].join('\n');
}

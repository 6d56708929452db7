/**
 * The style sheet of the HTML report. Its colors are those of the inspector, and follow the color scheme of the system.
 * On paper it is light, and everything that is folded is printed where the browser can.
 */
export const style = `
:root {
  color-scheme: light dark;
  --bg: light-dark(#ffffff, #131316);
  --bar: light-dark(#f7f7f9, #18181c);
  --inset: light-dark(#f5f5f8, #1a1a1f);
  --hover: light-dark(#f1f1f5, #1e1e24);
  --line: light-dark(#e3e3e9, #2b2b33);
  --control: light-dark(#82828e, #7c7c8a);
  --text: light-dark(#17171b, #ececf2);
  --text-2: light-dark(#4b4b55, #b6b6c2);
  --text-3: light-dark(#63636f, #9696a3);
  --accent: light-dark(#3549c4, #a3b4ff);
  --ok: light-dark(#136a36, #5fca8d);
  --bad: light-dark(#b0241c, #ff938a);
  --bad-fill: light-dark(#c2332a, #ff938a);
  --warn: light-dark(#7d4e00, #ecbc55);
  --mono: ui-monospace, "SF Mono", Menlo, "Cascadia Mono", Consolas, "Liberation Mono", monospace;
}
*, ::before, ::after { box-sizing: border-box; }
h1, h2, h3, p, dl, dd, ul, pre { margin: 0; padding: 0; }
ul { list-style: none; }
body {
  margin: 0;
  background: var(--bg);
  color: var(--text);
  font: 13px / 20px system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  overflow-wrap: anywhere;
}
code, pre { font: 12px / 18px var(--mono); font-variant-ligatures: none; unicode-bidi: isolate; }
pre { white-space: pre-wrap; }
b { font-weight: 600; }
.pass { color: var(--ok); }
.fail { color: var(--bad); }
.warn { color: var(--warn); }
.skip, .count { color: var(--text-3); }
.count { font-weight: 400; font-variant-numeric: tabular-nums; }
.count.fail { font-weight: 600; color: var(--bad); }

header { padding: 16px; background: var(--bar); border-bottom: 1px solid var(--line); }
.brand { color: var(--text-2); font-weight: 500; }
h1 { margin: 4px 0; font-size: 20px; line-height: 28px; font-weight: 600; }
.counts { color: var(--text-2); }
.meter { display: block; width: 100%; height: 8px; margin-top: 12px; border-radius: 4px; }
rect.pass { fill: var(--ok); }
rect.fail { fill: var(--bad-fill); }
rect.warn { fill: var(--warn); }
rect.skip { fill: var(--line); }

main { padding: 16px; }
section { margin-bottom: 24px; }
h2 { font-size: 15px; line-height: 22px; font-weight: 600; margin-bottom: 8px; }
h3 { font-size: 13px; line-height: 20px; font-weight: 600; margin: 16px 0 8px; }
.card { border: 1px solid var(--line); border-left: 3px solid var(--bad-fill); border-radius: 6px; padding: 12px 16px; }
.card.warn { border-left-color: var(--warn); }
.card, .card h2 { color: var(--text); }
h3::first-letter { text-transform: uppercase; }
dl > div { display: grid; grid-template-columns: 88px minmax(0, 1fr); column-gap: 12px; padding: 3px 0; }
dt { color: var(--text-3); }
dd p + p { margin-top: 4px; }
.code, dd pre, .command {
  margin: 4px 0;
  border: 1px solid var(--line);
  border-radius: 6px;
  background: var(--inset);
  padding: 8px 12px;
}
.code p { color: var(--text-3); margin-bottom: 4px; }
.code pre { margin: 0; border: 0; padding: 0; }
.command::before { content: "$ "; color: var(--text-3); }

summary { cursor: default; border-radius: 4px; }
summary:hover { background: var(--hover); }
summary:focus-visible { outline: 2px solid var(--accent); outline-offset: -2px; }
.hints summary { color: var(--accent); }
.list { border: 1px solid var(--line); border-radius: 6px; }
.list > details + details { border-top: 1px solid var(--line); }
.list > details > :not(summary) { margin: 0 12px 8px 32px; }
.list > details > summary {
  display: grid;
  grid-template-columns: 12px minmax(0, 152px) minmax(0, 1fr) fit-content(45%);
  column-gap: 8px;
  padding: 5px 12px;
}
.list > details > summary::before { content: "›"; height: 20px; text-align: center; color: var(--text-3); }
.list > details[open] > summary::before { transform: rotate(90deg); }
summary > code { line-height: 20px; }
.sends { display: block; color: var(--text-2); grid-column-end: -2; }
.sends.reason { grid-column: 2 / -2; }
.got { text-align: right; }

.part > summary {
  display: grid;
  grid-template-columns: 12px minmax(0, 152px) minmax(0, 1fr) auto;
  column-gap: 8px;
  padding: 3px 4px;
}
.part ul { margin: 0 4px 8px; border-left: 1px solid var(--line); padding-left: 12px; }
.part li { position: relative; padding: 3px 0 3px 20px; }
.part li .mark { position: absolute; left: 0; }
small { display: block; font-size: 12px; line-height: 18px; color: var(--text-3); }
.ticks { display: flex; flex-wrap: wrap; align-items: center; gap: 2px; }
.ticks i { width: 5px; height: 6px; background: var(--ok); border-radius: 1px; }
.ticks:has(:nth-child(25)) { gap: 2px 1px; }
.ticks:has(:nth-child(25)) i { width: 2px; }
.ticks .fail { height: 14px; background: var(--bad-fill); }
.ticks .warn { height: 10px; background: var(--warn); }
.ticks .skip { background: none; border: 1px solid var(--control); }

@media (min-width: 1100px) {
  main { display: grid; grid-template-columns: 400px minmax(0, 900px); column-gap: 24px; }
  .all { grid-area: 1 / 1; }
  .findings { grid-area: 1 / 2; }
}
@media (max-width: 700px) {
  dl > div { grid-template-columns: minmax(0, 1fr); }
  .list > details > summary { grid-template-columns: 12px minmax(0, 1fr); }
  .list > details > summary > *, .sends.reason { grid-column: 2; text-align: left; }
  .list > details > :not(summary) { margin-left: 12px; }
}
@media print {
  :root { color-scheme: light; }
  main { display: block; }
  header, .meter, .ticks i { print-color-adjust: exact; }
  details::details-content { content-visibility: visible; display: block; }
  .card, summary { break-inside: avoid; }
  summary, h2, h3 { break-after: avoid; }
}
`;

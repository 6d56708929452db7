import { existsSync } from 'node:fs';
import axe from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';

const usualPaths = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** Starts Chromium without anything that uses the network unasked. */
export function launchBrowser(): Promise<Browser> {
  const executablePath = process.env.CHROMIUM ?? usualPaths.find((path) => existsSync(path));
  return chromium.launch({
    executablePath,
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
  });
}

/** What axe finds wrong with the accessibility of a page. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  // What fades in would be measured in the middle of it.
  await page.evaluate('Promise.all(document.getAnimations().map((animation) => animation.finished))');
  const found = await page.evaluate(
    'axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }).then(({ violations }) => violations.map(({ id, nodes }) => [id, ...nodes.slice(0, 3).map(({ html, failureSummary }) => html.slice(0, 200) + failureSummary)].join(" | ")))',
  );
  return found as string[];
}

import type { Browser, Page } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';

export interface PageOptions {
  readonly width?: number | undefined;
  /** Errors that the browser may log. */
  readonly expected?: RegExp | undefined;
}

/** Opens a view of the inspector. At the end of the test, the browser must not have logged any other error or warning. */
export async function openView(
  browser: Browser,
  { link, view }: { readonly link: string; readonly view: string },
  { width = 1440, expected }: PageOptions = {},
): Promise<Page> {
  const context = await browser.newContext({ viewport: { width, height: 900 } });
  const page = await context.newPage();
  page.setDefaultTimeout(5_000);
  const problems: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') problems.push(message.text());
  });
  page.on('pageerror', (error) => problems.push(String(error)));
  onTestFinished(async () => {
    await context.close();
    expect(problems.filter((problem) => !expected?.test(problem))).toEqual([]);
  });
  await page.goto(link.replace('/#', `/${view}#`));
  return page;
}

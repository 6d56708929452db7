import type { Browser, Page } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';

export interface PageOptions {
  readonly width?: number | undefined;
  readonly colorScheme?: 'light' | 'dark' | undefined;
  /** Runs in the page before its own script. */
  readonly initScript?: string | undefined;
  /** Errors that the browser may log. */
  readonly expected?: RegExp | undefined;
}

/** Opens a page. At the end of the test, the browser must not have logged any other error or warning. */
export async function openPage(
  browser: Browser,
  url: string,
  { width = 1440, colorScheme = 'light', initScript = '', expected }: PageOptions = {},
): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width, height: 900 },
    colorScheme,
    timezoneId: 'UTC',
  });
  const page = await context.newPage();
  // A slow machine is no failure.
  page.setDefaultTimeout(10_000);
  const problems: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') problems.push(message.text());
  });
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('dialog', (dialog) => {
    problems.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  onTestFinished(async () => {
    await context.close();
    expect(problems.filter((problem) => !expected?.test(problem))).toEqual([]);
  });
  await page.addInitScript(initScript);
  await page.goto(url);
  return page;
}

/** Opens a view of the inspector with this link. */
export function openView(
  browser: Browser,
  { link, view }: { readonly link: string; readonly view: string },
  options?: PageOptions,
): Promise<Page> {
  return openPage(browser, link.replace('/#', `/${view}#`), options);
}

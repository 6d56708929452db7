import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe } from 'vitest';
import { launchBrowser } from './browser.ts';
import { missing } from './system-parts.ts';

/** Tests that share one browser, which `tests` gets when they run. Skipped with the reason where there is none. */
export function describeInBrowser(name: string, tests: (browser: () => Browser) => void): void {
  const reason = missing('chromium');
  describe.skipIf(reason !== undefined)(`${name}${reason ? ` (skipped: ${reason})` : ''}`, () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await launchBrowser();
    });
    afterAll(() => browser?.close());
    tests(() => browser);
  });
}

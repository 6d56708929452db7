import type { Browser, Page } from 'playwright-core';
import { onTestFinished } from 'vitest';
import { openPage, type PageOptions } from './built-page.ts';
import { sampleDetails } from './inspector-samples.ts';
import { InspectorStandIn, type StandInOptions } from './inspector-stand-in.ts';

export interface StandInPageOptions extends StandInOptions, PageOptions {
  /** With the query of a filter or selection. */
  readonly path?: string;
}

/** Opens the built page, which talks to a stand-in for its server until the end of the test. */
export async function openStandIn(
  browser: Browser,
  { path = '/events', width, colorScheme, initScript, expected, ...options }: StandInPageOptions = {},
): Promise<{ readonly standIn: InspectorStandIn; readonly page: Page }> {
  const standIn = await new InspectorStandIn({ details: sampleDetails, ...options }).start();
  onTestFinished(() => standIn.stop());
  const page = await openPage(browser, standIn.link(path), { width, colorScheme, initScript, expected });
  return { standIn, page };
}

/** The rows of the list that are drawn. */
export const options = (page: Page) => page.getByRole('option');

export const selected = (page: Page) => page.locator('[role=option][aria-selected=true]');

export const search = (page: Page) => page.getByRole('textbox', { name: 'Search' });

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { it } from 'vitest';
import { launchBrowser } from '../../support/browser.ts';
import { idOf, rejectedId, sampleDetails, sampleRows } from '../../support/inspector-samples.ts';
import { InspectorStandIn } from '../../support/inspector-stand-in.ts';
import { repository } from '../../support/repository.ts';
import { smallerPng } from './png.ts';

interface Screenshot {
  readonly name: string;
  readonly path: string;
  readonly width: number;
  readonly height: number;
  readonly colorScheme: 'light' | 'dark';
  readonly prepare?: (page: Page) => Promise<unknown>;
}

const wide = { width: 1440, height: 900, colorScheme: 'light' } as const;

async function edit(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Edit and replay' }).click();
  const editor = page.getByRole('textbox', { name: 'Body' });
  await editor.fill((await editor.inputValue()).replace('ada.lovelace', 'grace.hopper'));
  await page.getByRole('radio', { name: 'Re-signed as a new event' }).check();
  await page.getByRole('button', { name: 'Replay', exact: true }).click();
  await page.getByText('201 in 35 ms').first().waitFor();
}

const screenshots: readonly Screenshot[] = [
  { name: 'live', path: '/events', ...wide },
  { name: 'live-dark', path: '/events', ...wide, colorScheme: 'dark' },
  { name: 'rejected', path: `/events?id=${rejectedId}`, ...wide },
  { name: 'edit', path: `/events?id=${idOf(0)}`, ...wide, prepare: edit },
  { name: 'narrow-dark', path: `/events?id=${rejectedId}`, width: 420, height: 900, colorScheme: 'dark' },
];

it('writes the screenshots', async () => {
  const folder = join(repository, 'docs/images');
  mkdirSync(folder, { recursive: true });
  const browser = await launchBrowser();
  for (const { name, path, width, height, colorScheme, prepare } of screenshots) {
    const standIn = await new InspectorStandIn({ rows: sampleRows(41), details: sampleDetails }).start();
    const context = await browser.newContext({ viewport: { width, height }, colorScheme, timezoneId: 'UTC' });
    const page = await context.newPage();
    await page.goto(standIn.link(path));
    await page.locator('#panel section').first().waitFor();
    await page.getByText('signature mismatch').first().waitFor({ state: 'detached' });
    await prepare?.(page);
    writeFileSync(join(folder, `inspector-${name}.png`), smallerPng(await page.screenshot()));
    await context.close();
    await standIn.stop();
  }
  await browser.close();
});

import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { launchBrowser } from '../../support/browser.ts';
import { openView } from '../../support/built-page.ts';
import { idOf, rejectedId, sampleDetails, sampleRows } from '../../support/inspector-samples.ts';
import { inspector } from '../../support/inspector-server.ts';
import { InspectorStandIn } from '../../support/inspector-stand-in.ts';
import { runBin } from '../../support/processes.ts';
import { repository } from '../../support/repository.ts';
import { switchableApp } from '../../support/switchable-app.ts';
import { temporaryFolder } from '../../support/temporary.ts';
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

const folder = join(repository, 'docs/images');
mkdirSync(folder, { recursive: true });

it('writes the screenshots of the inspector', async () => {
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

/** Checks the wrong handler of docs/checks.md, as the page shows it. */
async function reportOfWrongHandler(): Promise<string> {
  const cwd = temporaryFolder();
  const page = readFileSync(join(repository, 'docs/checks.md'), 'utf8');
  const [, handler] = /^```js reserializing\.mjs\n([\s\S]*?)^```$/m.exec(page)!;
  writeFileSync(join(cwd, 'reserializing.mjs'), handler!);
  symlinkSync(join(repository, 'node_modules'), join(cwd, 'node_modules'));
  const start = ['--start', 'PORT=4000 node reserializing.mjs'];
  const ran = await runBin(['check', 'localhost:4000/webhook', ...start, '--report', 'html:report.html'], {
    cwd,
  });
  expect(ran.exitCode, ran.stderr).toBe(1);
  return join(cwd, 'report.html');
}

it('writes the screenshot of a report', async () => {
  const browser = await launchBrowser();
  const page = await browser.newPage({ viewport: { width: 1280, height: 840 } });
  await page.goto(pathToFileURL(await reportOfWrongHandler()).href);
  await page.locator('.diagnosis .list summary').first().click();
  writeFileSync(join(folder, 'check-report.png'), smallerPng(await page.screenshot()));
  await browser.close();
});

/** A view of the real server and page, in front of a real handler. */
async function realView(view: string, prepare: (page: Page) => Promise<unknown>): Promise<void> {
  const app = await switchableApp({ isRight: false });
  const opened = await inspector([], [app.url], { page: 'built', targetName: 'localhost:8080/webhook' });
  const browser = await launchBrowser();
  const page = await openView(browser, { link: opened.link, view });
  await prepare(page);
  writeFileSync(join(folder, `inspector-${view}.png`), smallerPng(await page.screenshot()));
  await browser.close();
}

it('writes the screenshot of a composed event', () =>
  realView('compose', async (page) => {
    await page.getByRole('option', { name: 'user.created', exact: true }).click();
    await page.getByRole('heading', { name: 'user.created' }).waitFor();
    const editor = page.getByRole('textbox', { name: 'Body' });
    await editor.fill((await editor.inputValue()).replace('ada.lovelace', 'grace.hopper'));
    await page.getByRole('radio', { name: /^tampered-body/ }).check();
    await page.getByRole('button', { name: 'Send forged message' }).click();
    await page.getByText('rejected, as it should be').waitFor();
  }));

it('writes the screenshot of a run of checks', () =>
  realView('check', async (page) => {
    await page.getByRole('button', { name: 'Run 119 checks' }).click();
    await page.locator('.fails summary').first().click();
  }));

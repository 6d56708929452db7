import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, violations } from '../support/browser.ts';
import {
  changedId,
  changedNumbers,
  idOf,
  movedFields,
  rejectedId,
  sampleDetails,
  sampleRows,
} from '../support/inspector-samples.ts';
import {
  attempt,
  InspectorStandIn,
  noon,
  row,
  type StandInOptions,
  sampleBody,
} from '../support/inspector-stand-in.ts';
import { missing } from '../support/system-parts.ts';

const reason = missing('chromium');
if (reason) console.warn(`test/inspector/page.test.ts is skipped: ${reason}`);

/** A page and what went wrong in it. */
interface Opened {
  readonly standIn: InspectorStandIn;
  readonly page: Page;
}

interface OpenOptions extends StandInOptions {
  readonly path?: string;
  readonly width?: number;
  readonly colorScheme?: 'light' | 'dark';
  /** Runs in the page before its own script. */
  readonly initScript?: string;
}

/** Notes how many rows the page had when it was drawn for the first time. */
const noteFirstRows = `new MutationObserver(() => {
  if (document.querySelector('.app')) globalThis.firstRows ??= document.querySelectorAll('[role=option]').length;
}).observe(document, { childList: true, subtree: true });`;

/** On a slow machine, the page would otherwise stop waiting for its first events. */
const waitForever = `const start = setTimeout;
globalThis.setTimeout = (work, ms = 0) => (ms < 100 ? start(work, ms) : 0);`;

describe.skipIf(reason !== undefined)('the page', () => {
  let browser: Browser;
  const closing: (() => Promise<unknown>)[] = [];
  let problems: string[] = [];
  let expected: RegExp | null = null;

  beforeAll(async () => {
    browser = await launchBrowser();
  });

  afterAll(() => browser?.close());

  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
    const unexpected = problems.filter((problem) => !expected?.test(problem));
    problems = [];
    expected = null;
    expect(unexpected).toEqual([]);
  });

  async function open({
    path = '/events',
    width = 1440,
    colorScheme = 'light',
    initScript = '',
    ...options
  }: OpenOptions = {}): Promise<Opened> {
    const standIn = await new InspectorStandIn({ details: sampleDetails, ...options }).start();
    closing.push(() => standIn.stop());
    const context = await browser.newContext({
      viewport: { width, height: 900 },
      colorScheme,
      timezoneId: 'UTC',
    });
    closing.push(() => context.close());
    const page = await context.newPage();
    page.setDefaultTimeout(5_000);
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') problems.push(message.text());
    });
    page.on('pageerror', (error) => problems.push(String(error)));
    page.on('dialog', (dialog) => {
      problems.push(`a dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    await page.addInitScript(initScript);
    await page.goto(standIn.link(path));
    return { standIn, page };
  }

  const options = (page: Page) => page.getByRole('option');
  const selected = (page: Page) => page.locator('[role=option][aria-selected=true]');
  const search = (page: Page) => page.getByRole('textbox', { name: 'Search' });

  describe('the history of the browser', () => {
    it('has an entry for each view, and keeps the filters of now', async () => {
      // The stand-in has nothing for the other views.
      expected = /Failed to load resource/;
      const { page } = await open({ rows: sampleRows(5) });
      await options(page).first().waitFor();
      await page.getByRole('link', { name: 'Compose' }).click();
      await page.waitForURL(/\/compose/);
      await page.getByRole('link', { name: 'Check' }).click();
      await page.waitForURL(/\/check/);
      await page.goBack();
      await page.waitForURL(/\/compose/);
      await page.locator('nav [aria-current=page]', { hasText: 'Compose' }).waitFor();
      await page.goBack();
      await page.waitForURL(/\/events/);
      await options(page).first().waitFor();
      await search(page).fill('type:user.*');
      await page.waitForURL(/type=/);
      await page.goForward();
      await page.waitForURL(/\/compose/);
      await page.goBack();
      await page.waitForURL(/\/events\?type=user/);
      expect(await search(page).inputValue()).toBe('type:user.*');
    });

    it('has an entry for an event that a narrow window shows in place of the list', async () => {
      const { page } = await open({ rows: sampleRows(5), width: 390 });
      await options(page).nth(1).click();
      const event = page.getByRole('tab', { name: 'Overview' });
      await event.waitFor();
      await page.goBack();
      await options(page).first().waitFor();
      expect(await event.isVisible()).toBe(false);
      await page.goForward();
      await event.waitFor();
    });
  });

  describe('the list', () => {
    it('says what is missing when a filter leaves nothing', async () => {
      const { page } = await open({ rows: sampleRows(3), path: '/events?q=zzz' });
      await page.getByText('No events match').waitFor();
      await page.getByRole('heading', { name: 'No event selected' }).waitFor();
      expect(await page.getByText('Waiting for the first event').count()).toBe(0);
    });

    it.each([
      ['http://127.0.0.1:4567/hooks', 'send user.created --to 127.0.0.1:4567/hooks', 0],
      [null, 'send user.created --to 4000', 1],
    ])(
      'empty, with listener %s: names commands that lead to an event',
      async (listener, command, toStart) => {
        const { page } = await open({ rows: [], session: { listener } });
        await page.getByText(`npx scalekit-hooks ${command}`).waitFor();
        expect(await page.getByText('npx scalekit-hooks listen --port 4000').count()).toBe(toStart);
      },
    );

    it('has room for a search beside its other filters', async () => {
      const { page } = await open({ rows: sampleRows(3), width: 1280 });
      await options(page).first().waitFor();
      await search(page).fill('type:organization.*');
      await expect.poll(async () => (await search(page).boundingBox())!.width).toBeGreaterThan(180);
    });

    it('leaves the focus in the event while keys select another event or tab', async () => {
      const { page } = await open({ rows: sampleRows(8) });
      await options(page).first().waitFor();
      await options(page).first().click();
      await page.keyboard.press('Enter');
      const focused = page.locator('#panel:focus');
      await focused.waitFor();
      for (const [key, url] of [
        ['j', idOf(1)],
        ['j', idOf(2)],
        ['k', idOf(1)],
        ['ArrowRight', 'tab=body'],
        ['ArrowRight', 'tab=headers'],
      ] as const) {
        await page.keyboard.press(key);
        await page.waitForURL(new RegExp(url));
        await focused.waitFor();
      }
    });

    it('shows what exists, newest first, selects the first, and takes the token out of the address', async () => {
      const { page } = await open({ rows: sampleRows(41) });
      await options(page).first().waitFor();
      expect(await options(page).first().textContent()).toContain('organization.directory.user_created');
      expect(await options(page).first().getAttribute('aria-setsize')).toBe('41');
      await selected(page).waitFor();
      expect(page.url()).toMatch(/\/events\?id=cap_000000000000$/);
      await page.getByRole('heading', { name: 'organization.directory.user_created' }).waitFor();
      await page.reload();
      await options(page).first().waitFor();
      expect(await page.getByText('41 events').textContent()).toBe('41 events');
    });

    it('is drawn with its first events, and without them if they do not come soon', async () => {
      const { page } = await open({ rows: sampleRows(41), initScript: `${waitForever}${noteFirstRows}` });
      await options(page).first().waitFor();
      expect(await page.evaluate('firstRows')).toBeGreaterThan(20);
      const { page: waiting } = await open({ isSilent: true });
      await search(waiting).waitFor();
    });

    it('shows arrivals and attempts as they come', async () => {
      const { standIn, page } = await open({ rows: sampleRows(3) });
      await options(page).first().waitFor();
      standIn.arrive(row({ id: 'cap_new', type: 'user.signup', time: noon + 1000 }));
      await page.getByText('user.signup').waitFor();
      expect(await options(page).first().textContent()).toContain('user.signup');
      expect(await selected(page).getAttribute('id')).toBe(`row-${idOf(0)}`);
      standIn.send({
        kind: 'attempt',
        id: 'cap_new',
        cursor: '9',
        attempt: { ...row().attempts[0]!, status: 503, time: noon + 2000 },
      });
      await page.getByText('503').waitFor();
    });

    it('moves nothing that is being read while paused', async () => {
      const { standIn, page } = await open({ rows: sampleRows(200) });
      await options(page).first().waitFor();
      await page.locator('.rows').hover();
      await page.mouse.wheel(0, 900);
      await page.getByRole('button', { name: 'Paused' }).waitFor();
      const read = options(page).filter({ hasText: 'session' }).nth(3);
      const id = await read.getAttribute('id');
      const place = () => page.locator(`#${id}`).boundingBox();
      await page.waitForTimeout(200);
      const before = await place();
      standIn.arrive(
        ...Array.from({ length: 12 }, (_, index) => row({ id: `cap_new${index}`, time: noon + index })),
      );
      await page.getByRole('button', { name: '12 new' }).waitFor();
      expect(await place()).toEqual(before);
      await expect.poll(() => page.locator('#news').textContent()).toBe('12 new events');
      await page.getByRole('button', { name: '12 new' }).click();
      await page.getByRole('button', { name: 'Following' }).waitFor();
      await expect.poll(() => options(page).first().getAttribute('id')).toBe('row-cap_new11');
    });

    it('shows why an event was rejected, and asks only about rows in view, once', async () => {
      const { standIn, page } = await open({ rows: sampleRows(200) });
      await page.locator(`#row-${rejectedId}`).getByText('re-serialized').waitFor();
      await page.locator(`#row-${changedId}`).getByText('data.email changed').waitFor();
      await page
        .locator(`#row-${idOf(24)}`)
        .getByText('unknown cause')
        .waitFor();
      const inView = [4, 14, 24, 34].map(idOf);
      await expect.poll(() => standIn.causes).toEqual(inView);
      await page.locator(`#row-${rejectedId}`).click();
      await page.locator('.detail .l2').getByText('re-serialized').waitFor();
      await page.keyboard.press('End');
      await page
        .locator(`#row-${idOf(194)}`)
        .getByText('unknown cause')
        .waitFor();
      expect(new Set(standIn.causes).size).toBe(standIn.causes.length);
      expect(standIn.causes).not.toContain(idOf(104));
    });

    it('asks again for an unknown cause when the same event is verified', async () => {
      const rejected = row({ id: 'cap_1', verified: false, webhookId: 'msg_1', eventId: 'evt_1' });
      const { standIn, page } = await open({ rows: [row({ id: 'cap_0', eventId: 'evt_0' }), rejected] });
      await page.locator('#row-cap_1').getByText('unknown cause').waitFor();
      standIn.arrive(row({ id: 'cap_2', webhookId: 'msg_2', eventId: 'evt_2' }));
      await page.locator('#row-cap_2').waitFor();
      await page.waitForTimeout(300);
      expect(standIn.causes).toEqual(['cap_1']);
      standIn.arrive(row({ id: 'cap_3', webhookId: 'msg_3', eventId: 'evt_1' }));
      await expect.poll(() => standIn.causes).toEqual(['cap_1', 'cap_1']);
      await page.waitForTimeout(300);
      expect(standIn.causes).toHaveLength(2);
    });

    it('numbers the deliveries of a message', async () => {
      const twice = (id: string, time: number) => row({ id, time, webhookId: 'msg_1' });
      const { standIn, page } = await open({ rows: [twice('cap_1', noon)] });
      await options(page).first().waitFor();
      standIn.arrive(twice('cap_2', noon + 5000));
      await page.locator('#row-cap_2').getByText('delivery 2').waitFor();
      expect(await page.getByText('delivery 1').count()).toBe(0);
    });

    it('draws few of 100,000 rows', async () => {
      const { page } = await open({ rows: sampleRows(100_000) });
      await page.getByText('100,000 events').waitFor();
      const count = () => page.evaluate('document.querySelectorAll("*").length') as Promise<number>;
      expect(await count()).toBeLessThan(2000);
      await page.keyboard.press('End');
      await expect.poll(() => selected(page).getAttribute('aria-posinset')).toBe('100000');
      expect(await count()).toBeLessThan(2000);
    });

    it('shows thousands of events that arrive at once, newest first', async () => {
      const { standIn, page } = await open({ rows: sampleRows(3) });
      await options(page).first().waitFor();
      for (let index = 0; index < 5000; index++)
        standIn.arrive(row({ id: `cap_burst${index}`, time: noon + index }));
      await page.getByText('5,003 events').waitFor();
      expect(await options(page).first().getAttribute('id')).toBe('row-cap_burst4999');
      expect(await options(page).nth(1).getAttribute('id')).toBe('row-cap_burst4998');
    });
  });

  describe('filters', () => {
    it('are kept in the address and over a reload', async () => {
      const { page } = await open({ rows: sampleRows(41) });
      await options(page).first().waitFor();
      await page.getByRole('button', { name: 'Rejected' }).click();
      await expect.poll(() => options(page).count()).toBe(4);
      await search(page).fill('organization.updated type:organization');
      await expect.poll(() => page.url()).toContain('show=rejected&q=organization.updated&type=organization');
      const count = await options(page).count();
      await page.reload();
      await options(page).first().waitFor();
      expect(await options(page).count()).toBe(count);
      expect(await search(page).inputValue()).toBe('type:organization organization.updated');
      await search(page).fill('nothing like this');
      await page.getByText('No events match').waitFor();
    });

    it('search bodies too', async () => {
      const { standIn, page } = await open({ rows: sampleRows(41) });
      await options(page).first().waitFor();
      await search(page).fill('mallory@');
      await expect.poll(() => options(page).count()).toBe(1);
      expect(await options(page).first().getAttribute('id')).toBe(`row-${changedId}`);
      expect(standIn.searches).toEqual(['mallory@']);
    });
  });

  describe('the keyboard', () => {
    it('moves, opens, switches tabs and goes back', async () => {
      const { page } = await open({ rows: sampleRows(41) });
      await selected(page).waitFor();
      const place = () => selected(page).getAttribute('aria-posinset');
      for (const [key, expectedPlace] of [
        ['j', '2'],
        ['ArrowDown', '3'],
        ['k', '2'],
        ['n', '5'],
        ['n', '15'],
        ['p', '5'],
        ['End', '41'],
        ['Home', '1'],
      ] as const) {
        await page.keyboard.press(key);
        await expect.poll(place, { message: key }).toBe(expectedPlace);
      }
      await page.keyboard.press('ArrowRight');
      await page.getByRole('tab', { name: 'Body', selected: true }).waitFor();
      await page.keyboard.press('Enter');
      await expect.poll(() => page.evaluate('document.activeElement.id')).toBe('panel');
      await page.keyboard.press('w');
      await page.locator('main.wide').waitFor();
      await page.keyboard.press('Escape');
      await expect.poll(() => page.evaluate('document.activeElement.id')).toBe('list');
      await page.keyboard.press('c');
      await page.getByRole('menuitem', { name: 'Body' }).waitFor();
      await page.keyboard.press('Escape');
      await page.locator('#list').focus();
      // Moving to the last event has paused the list.
      await page.keyboard.press('f');
      await page.getByRole('button', { name: 'Following' }).waitFor();
      await page.keyboard.press('f');
      await page.getByRole('button', { name: 'Paused' }).waitFor();
      await page.keyboard.press('/');
      await page.keyboard.type('jf?r');
      expect(await search(page).inputValue()).toBe('jf?r');
    });

    it('has a dialog in which letters are switched off', async () => {
      const { standIn, page } = await open({ rows: sampleRows(5) });
      await selected(page).waitFor();
      await page.keyboard.press('?');
      await page.getByRole('switch', { name: 'Single-key shortcuts' }).click();
      await page.keyboard.press('Escape');
      await page.locator('#list').focus();
      await page.keyboard.press('j');
      await page.keyboard.press('r');
      await page.keyboard.press('ArrowDown');
      await expect.poll(() => selected(page).getAttribute('aria-posinset')).toBe('2');
      expect(standIn.replays).toEqual([]);
    });

    it('goes through the page in the order of reading', async () => {
      const { page } = await open({ rows: sampleRows(5) });
      await page.locator('#panel section').first().waitFor();
      await page.getByRole('link', { name: 'Events' }).focus();
      const order: unknown[] = [];
      for (let step = 0; step < 16; step++) {
        order.push(
          await page.evaluate(
            'document.activeElement.id || document.activeElement.textContent || document.activeElement.ariaLabel',
          ),
        );
        await page.keyboard.press('Tab');
      }
      expect(order).toEqual([
        'Events',
        'Compose',
        'Check',
        'Keyboard shortcuts (?)',
        'search',
        'All5',
        'Verified4',
        'Rejected1',
        'Failed0',
        'Following',
        'list',
        'Replay',
        'Edit and replay',
        'Copy',
        'tab-overview',
        'panel',
      ]);
    });
  });

  describe('the event', () => {
    it('shows why it was rejected, and the difference', async () => {
      const { page } = await open({ rows: sampleRows(41), path: `/events?id=${rejectedId}` });
      await page.getByText('The body was re-serialized.').waitFor();
      await page.getByText(/whitespace only: \d+ newlines and \d+ spaces added/).waitFor();
      expect(await page.locator('.diff mark.ws').count()).toBeGreaterThan(10);
      await page.getByRole('button', { name: 'Replay exact' }).waitFor();
    });

    it('marks a changed value on both sides', async () => {
      const { page } = await open({ rows: sampleRows(41), path: `/events?id=${changedId}` });
      await page.getByText('1 value differs').waitFor();
      expect(await page.locator('.diff mark.s').allTextContents()).toEqual(['ada.lovelace']);
      expect(await page.locator('.diff mark.a').allTextContents()).toEqual(['mallory']);
    });

    it('compares bodies in a worker, and shows more of what is folded', async () => {
      const { page } = await open({
        rows: sampleRows(41),
        path: `/events?id=${rejectedId}`,
        details: { [rejectedId]: changedNumbers(2000) },
      });
      await page.getByText('2,000 values differ').waitFor();
      expect(page.workers()).toHaveLength(1);
      expect(await page.locator('.diff .drow').count()).toBe(201);
      await page.getByText('11,802 more lines').waitFor();
      await page.locator('.dfold').getByRole('button', { name: 'Show' }).click();
      await page.getByText('11,602 more lines').waitFor();
      expect(await page.locator('.diff .drow').count()).toBe(401);
    });

    it('shows that it compares, and stops when another event is selected', async () => {
      const { page } = await open({
        rows: sampleRows(41),
        path: `/events?id=${rejectedId}`,
        details: { [rejectedId]: movedFields(60_000) },
      });
      await page.getByText('comparing…').waitFor();
      const [worker] = page.workers();
      const closed = worker!.waitForEvent('close');
      await page.keyboard.press('j');
      await closed;
      await page.getByText('comparing…').waitFor({ state: 'detached' });
      expect(page.workers()).toEqual([]);
    });

    it('has body, headers, attempts, raw and cURL', async () => {
      const { page } = await open({ rows: sampleRows(3), path: '/events?tab=body' });
      await page.getByText('12345678901234567890.00').waitFor();
      await page.getByRole('button', { name: 'Line 2: fold' }).click();
      await page.getByText(/… \d+ lines/).waitFor();
      await page.getByRole('tab', { name: 'Headers' }).click();
      await page.getByText('webhook-signature').waitFor();
      await page.getByRole('tab', { name: 'Attempts' }).click();
      await page.getByRole('cell', { name: 'forwarded' }).waitFor();
      await page.getByRole('tab', { name: 'Raw' }).click();
      await page.getByText('POST /webhook HTTP/1.1').waitFor();
      await page.getByRole('button', { name: 'Hex' }).click();
      await page.getByText('00000010').waitFor();
      await page.getByRole('tab', { name: 'cURL' }).click();
      await page.getByText('npx scalekit-hooks replay').waitFor();
      expect(page.url()).toContain('tab=curl');
    });

    it('copies one value, with the pointer and with the keyboard', async () => {
      const { page } = await open({ rows: sampleRows(3), path: '/events?tab=body' });
      await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
      const copied = () => page.evaluate('navigator.clipboard.readText()');
      await page.getByText('"ada.lovelace@example.com"').hover();
      await page.getByRole('button', { name: 'Copy line 4' }).click();
      await expect.poll(copied).toBe('ada.lovelace@example.com');
      await page.getByRole('button', { name: 'Copy line 4' }).press('ArrowDown');
      await page.getByRole('button', { name: 'Copy line 5' }).press('ArrowDown');
      await page.getByRole('button', { name: 'Copy line 6' }).press('Enter');
      await expect.poll(copied).toBe('{"id":"dirgroup_130719309426972898","name":"Engineering"}');
      // Lines 9 and 10 only close others.
      for (const line of [6, 7, 8])
        await page.getByRole('button', { name: `Copy line ${line}` }).press('ArrowDown');
      await page.getByRole('button', { name: 'Copy line 11' }).press('Enter');
      await expect.poll(copied).toBe('12345678901234567890.00');
      expect(await page.locator('#news').textContent()).toBe('Copied');
      for (let press = 0; press < 8; press++)
        await page.getByRole('button', { name: 'Copy line' }).press('ArrowUp');
      await page.getByRole('button', { name: 'Copy line 1', exact: true }).waitFor();
    });

    it('reports a capture that was removed', async () => {
      expected = /404/;
      const { page } = await open({ rows: sampleRows(3), path: '/events?id=cap_gone' });
      await page.getByText('This capture was removed.').waitFor();
    });
  });

  describe('replay', () => {
    it('sends an edited body, compact, and keeps the edit', async () => {
      const { standIn, page } = await open({ rows: sampleRows(3) });
      await page.locator('#panel section').first().waitFor();
      await page.keyboard.press('e');
      const editor = page.getByRole('textbox', { name: 'Body' });
      await editor.fill((await editor.inputValue()).replace('ada.lovelace', 'grace.hopper'));
      await page.getByText('1 field changed').waitFor();
      const edited = page.locator('.eline.edited');
      expect(await edited.locator('.t').allTextContents()).toEqual([
        '    "email": "grace.hopper@example.com",',
      ]);
      expect(await edited.locator('.g').allTextContents()).toEqual(['4']);
      expect((await page.locator('.eline .t').allTextContents()).join('\n')).toBe(await editor.inputValue());
      expect(await page.getByRole('radio', { name: /Exact/ }).isDisabled()).toBe(true);
      await page.getByRole('radio', { name: /as a new event/ }).check();
      await page.getByRole('combobox', { name: 'Target' }).selectOption('staging');
      await editor.press('Control+Enter');
      await page.getByText('201 in 35 ms was 201').waitFor();
      const body = sampleBody('grace.hopper@example.com');
      expect(standIn.replays).toEqual([{ capture: idOf(0), mode: 'new', target: 'staging', body }]);
      await page.reload();
      await page.locator('#panel section').first().waitFor();
      await page.keyboard.press('e');
      expect(await editor.inputValue()).toContain('grace.hopper');
      await page.getByRole('button', { name: 'Reset', exact: true }).click();
      expect(await editor.inputValue()).toContain('ada.lovelace');
    });

    it('resets one field, and keeps the others', async () => {
      const { page } = await open({ rows: sampleRows(3) });
      await page.locator('#panel section').first().waitFor();
      await page.keyboard.press('e');
      const editor = page.getByRole('textbox', { name: 'Body' });
      const original = await editor.inputValue();
      await editor.fill(original.replace('ada.lovelace', 'grace.hopper').replace('Engineering', 'Sales'));
      await page.getByText('2 fields changed').waitFor();
      await page.getByRole('button', { name: 'Reset data.email' }).click();
      await page.getByText('1 field changed').waitFor();
      expect(await editor.inputValue()).toBe(original.replace('Engineering', 'Sales'));
      await page.locator('textarea:focus').waitFor();
      await page.getByRole('button', { name: 'Reset data.groups[0].name' }).click();
      await page.getByText('1 field changed').waitFor({ state: 'detached' });
      expect(await editor.inputValue()).toBe(original);
      await expect.poll(() => page.getByRole('radio', { name: /Exact/ }).isDisabled()).toBe(false);
    });

    it('compares a large draft in a worker that ends with the editor', async () => {
      const text = JSON.stringify({
        data: Array.from({ length: 10_000 }, (_, n) => ({ n, id: `usr_${n}` })),
      });
      const { page } = await open({ rows: sampleRows(1), details: { [idOf(0)]: { body: text } } });
      await page.locator('#panel section').first().waitFor();
      await page.keyboard.press('e');
      await page.getByRole('textbox', { name: 'Body' }).waitFor();
      // Not with fill, which takes seconds for so many lines.
      await page.evaluate(`(async () => {
        const area = document.querySelector('textarea');
        const original = area.value;
        for (const changed of ['"usr_7"', '"usr_8"', '"usr_9"']) {
          area.value = original.replace(changed, '"a"').replace('"usr_19"', '"b"');
          area.dispatchEvent(new Event('input', { bubbles: true }));
          await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
        }
      })()`);
      await page.getByText('2 fields changed').waitFor();
      await page.getByText('data[9].id').waitFor();
      await page.getByRole('button', { name: 'Leave the editor (Esc)' }).click();
      await expect.poll(() => page.workers()).toEqual([]);
    });

    it('shows the response to each attempt, also of those that came later', async () => {
      const { page } = await open({
        rows: [row({ id: 'cap_1', attempts: [attempt({ time: noon, status: 500 })] })],
        details: { cap_1: { responses: ['{"error":"duplicate key"}', '{"received":true}'] } },
      });
      await page.getByText('{"error":"duplicate key"}').waitFor();
      await page.keyboard.press('r');
      await page.getByText('{"received":true}').waitFor();
      await page.getByRole('tab', { name: 'Attempts' }).click();
      await page.getByRole('heading', { name: 'Response to attempt 2' }).waitFor();
      expect(await page.locator('.code').first().textContent()).toContain('"received": true');
    });

    it('is in the list, compared with the response before, also after a reload', async () => {
      const failed = row({ id: 'cap_failed', attempts: [attempt({ time: noon, status: 500 })] });
      const { page } = await open({ rows: [...sampleRows(3), failed], path: '/events?id=cap_failed' });
      await page.locator('#panel section').first().waitFor();
      await page.keyboard.press('r');
      const first = options(page).first();
      await first.getByText('replayed, was 500').waitFor();
      expect(await first.locator('.resp').textContent()).toBe('201');
      expect(await selected(page).getAttribute('id')).toBe('row-cap_failed');
      expect(await page.locator('.foot').textContent()).toMatch(
        /^4 events in .*, last event \d+ (?:s|min|h|d) ago$/,
      );
      await page.keyboard.press('Home');
      await expect.poll(() => selected(page).getAttribute('id')).toMatch(/^row-cap_failed@\d+$/);
      await page.locator('.detail .l2').getByText('cap_failed').waitFor();
      await page.reload();
      await selected(page).getByText('replayed, was 500').waitFor();
      await page.locator('.detail .l2').getByText('cap_failed').waitFor();
    });

    it('of another person is in the list with the name', async () => {
      const { standIn, page } = await open({ rows: sampleRows(3) });
      await options(page).first().waitFor();
      const other = attempt({ time: noon + 1000, via: 'replay', follower: 'grace@desk<b>' });
      standIn.send({ kind: 'attempt', id: idOf(0), attempt: other, cursor: '1' });
      await page.getByText('replayed by grace@desk<b>, was 201').waitFor();
    });

    it('re-signs what was verified, and sends what was rejected as it was', async () => {
      const { standIn, page } = await open({ rows: sampleRows(41) });
      await selected(page).waitFor();
      await page.keyboard.press('r');
      await page.getByText('was 201', { exact: true }).waitFor();
      await page.keyboard.press('n');
      await page.getByRole('button', { name: 'Replay exact' }).click();
      await expect
        .poll(() => standIn.replays)
        .toEqual([
          { capture: idOf(0), mode: 'resigned', target: null },
          { capture: rejectedId, mode: 'exact', target: null },
        ]);
    });

    it('warns before it re-signs what was rejected', async () => {
      const { page } = await open({ rows: sampleRows(41), path: `/events?id=${rejectedId}` });
      await page.locator('#panel section').first().waitFor();
      await page.getByRole('button', { name: 'Edit and replay' }).click();
      await page.getByText('This event was rejected. Re-signing makes it valid for the handler.').waitFor();
      expect(await page.getByRole('textbox', { name: 'Body' }).count()).toBe(0);
      await page.getByRole('button', { name: 'Edit and replay' }).click();
      await page.getByRole('textbox', { name: 'Body' }).waitFor();
    });
  });

  describe('the connection', () => {
    it('says when it is lost, and resumes where it was', async () => {
      expected = /ERR_|Failed to load resource/;
      const { standIn, page } = await open({ rows: sampleRows(3) });
      await options(page).first().waitFor();
      standIn.arrive(row({ id: 'cap_one', time: noon + 1 }));
      await expect.poll(() => options(page).count()).toBe(4);
      await standIn.stop();
      await page.getByText(/Listener stopped \d\d:\d\d:\d\d\./).waitFor();
      await page.getByText(/Next attempt in \d+ s\./).waitFor();
      await standIn.start();
      await page.getByRole('button', { name: 'Connect now' }).click();
      await page.getByText('Listening').waitFor();
      expect(standIn.cursors.at(-1)).toBe('1');
      expect(await options(page).count()).toBe(4);
    });

    it('asks a tab without a token to open the link, and does not say that the listener stopped', async () => {
      const { standIn, page } = await open({ rows: sampleRows(3) });
      await options(page).first().waitFor();
      expected = /401/;
      const other = await page.context().newPage();
      await other.goto(standIn.link('/events').split('#')[0]!);
      await other.getByText('Open the link that scalekit-hooks printed.').waitFor();
      await other.getByText('Not connected').waitFor();
      expect(await other.getByText(/stopped|restarted/).count()).toBe(0);
    });

    it('stops at a wrong token', async () => {
      expected = /401/;
      const { standIn, page } = await open({ rows: sampleRows(3) });
      await options(page).first().waitFor();
      standIn.token = 'another';
      await standIn.stop();
      await standIn.start();
      expected = /401|ERR_|Failed to load resource/;
      await page.getByText('The listener restarted. Open the new link that it printed.').waitFor();
      const tries = standIn.cursors.length;
      await page.waitForTimeout(2500);
      expect(standIn.cursors.length).toBe(tries);
    });

    it('is given up by a hidden page, which catches up when it is visible again', async () => {
      const { standIn, page } = await open({ rows: sampleRows(3) });
      await options(page).first().waitFor();
      standIn.arrive(row({ id: 'cap_one', time: noon + 1 }));
      await page.locator('#row-cap_one').waitFor();
      await page.clock.install();
      const setHidden = (hidden: boolean) =>
        page.evaluate(
          `Object.defineProperty(document, 'hidden', { configurable: true, get: () => ${hidden} });
          document.dispatchEvent(new Event('visibilitychange'));`,
        );
      await setHidden(true);
      await page.clock.fastForward(9_000);
      expect(standIn.connections).toBe(1);
      await page.clock.fastForward(2_000);
      await expect.poll(() => standIn.connections).toBe(0);
      standIn.arrive(row({ id: 'cap_two', time: noon + 2 }));
      await setHidden(false);
      await page.locator('#row-cap_two').waitFor();
      expect(standIn.connections).toBe(1);
      expect(standIn.cursors).toEqual([null, '1']);
      expect(await options(page).count()).toBe(5);
    });

    it('shows gaps, with filters too', async () => {
      const { standIn, page } = await open({ rows: sampleRows(3) });
      await options(page).first().waitFor();
      standIn.send({ kind: 'gap', from: noon - 2000, until: noon - 1300, cursor: '5' });
      await page.getByText('03:44:08 to 03:44:09').waitFor();
      expect(await options(page).nth(1).textContent()).toContain('Gap');
      await page.getByRole('button', { name: 'Verified' }).click();
      expect(await options(page).nth(1).textContent()).toContain('Gap');
      standIn.send({ kind: 'gap', from: noon - 9000, until: noon - 8000, cursor: '6' });
      await page.getByText('03:44:01 to 03:44:02').waitFor();
      await search(page).fill('since:1s');
      await expect.poll(() => page.getByText('Gap').count()).toBe(0);
      await page.getByText('No events match').waitFor();
    });
  });

  describe('hostile text', () => {
    const hostile = '<img src=x onerror=alert(1)>\u202e\u0000\u200b{{7*7}}${1}<script>alert(1)</script>"\'';

    it.each(['overview', 'body', 'headers', 'attempts', 'raw', 'curl'])('stays text in %s', async (tab) => {
      const attempts = [
        { ...row().attempts[0]!, url: hostile, follower: hostile, failure: hostile, status: null },
      ];
      const rows = [
        row({
          id: hostile,
          type: `a.${hostile}`,
          eventId: hostile,
          webhookId: hostile,
          organization: hostile,
          path: hostile,
          verified: false,
          reason: hostile,
          forwardTo: hostile,
          attempts,
        }),
        row({ id: 'cap_2', verified: false, reason: hostile }),
      ];
      const cause = { certain: true, message: hostile, evidence: hostile, fix: hostile };
      const { page } = await open({
        rows,
        path: `/events?tab=${tab}`,
        session: { store: hostile, listener: hostile, targets: [hostile] },
        details: {
          [hostile]: {
            cause: hostile,
            responses: [hostile],
            body: JSON.stringify({ [hostile]: hostile, data: { [hostile]: hostile } }),
            signedBody: hostile,
            headers: [[hostile, hostile]],
            verdict: { detail: hostile, causes: [cause], unexplained: hostile },
          },
        },
      });
      await page.locator('#panel .bidi').first().waitFor();
      expect(await page.locator('img, body script').count()).toBe(0);
      const plain = (await page.evaluate('document.body.innerText')) as string;
      expect(plain).toContain('RLO');
      expect(plain).not.toMatch(/[\u202e\u200b\0]/);
      await page.locator('#panel').focus();
      await page.keyboard.press('e');
      await page.getByRole('button', { name: 'Edit and replay' }).click();
      await page.getByRole('textbox', { name: 'Body' }).waitFor();
    });
  });

  describe('a narrow window', () => {
    it('shows one pane, without overflow', async () => {
      const { page } = await open({ rows: sampleRows(41), width: 420, colorScheme: 'dark' });
      await options(page).first().waitFor();
      expect((await options(page).first().boundingBox())!.height).toBe(48);
      expect(await page.locator('.detail').isVisible()).toBe(false);
      await options(page).nth(4).click();
      await page.getByText('The body was re-serialized.').waitFor();
      expect(await page.locator('.pane').isVisible()).toBe(false);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(420);
      await page.getByRole('button', { name: 'Back to the list (Esc)' }).click();
      await options(page).first().waitFor();
    });
  });

  describe.each([
    ['light', 1440],
    ['dark', 1440],
    ['light', 420],
    ['dark', 420],
  ] as const)('accessibility, %s, %i px', (colorScheme, width) => {
    it.each([
      ['empty', { path: '/events' }],
      ['list', { rows: sampleRows(41) }],
      ['rejected', { rows: sampleRows(41), path: `/events?id=${rejectedId}` }],
      ['changed', { rows: sampleRows(41), path: `/events?id=${changedId}` }],
      ['body', { rows: sampleRows(41), path: `/events?id=${changedId}&tab=body` }],
      ['attempts', { rows: sampleRows(41), path: `/events?id=${idOf(2)}&tab=attempts` }],
      ['headers', { rows: sampleRows(41), path: `/events?id=${idOf(2)}&tab=headers` }],
      ['raw', { rows: sampleRows(41), path: `/events?id=${idOf(2)}&tab=raw` }],
      ['cURL', { rows: sampleRows(41), path: `/events?id=${idOf(2)}&tab=curl` }],
      ['editor', { rows: sampleRows(41), path: `/events?id=${idOf(2)}` }],
      ['help', { rows: sampleRows(41) }],
      ['disconnected', { rows: sampleRows(41) }],
    ] as const)('%s', async (state, opened) => {
      expected = /ERR_|Failed to load resource/;
      const { standIn, page } = await open({ ...opened, colorScheme, width });
      if ('rows' in opened) await page.locator('[role=option]').first().waitFor({ state: 'attached' });
      if (state === 'editor') {
        await page.locator('#panel section').first().waitFor();
        await page.getByRole('button', { name: 'Edit and replay' }).click();
        await page.getByRole('textbox', { name: 'Body' }).fill('{"a":1}');
      }
      const isDetail = 'path' in opened && 'rows' in opened && state !== 'editor';
      if (isDetail) await page.locator('#panel > *').first().waitFor();
      if (state === 'help') await page.getByRole('button', { name: 'Keyboard shortcuts (?)' }).click();
      if (state === 'disconnected') {
        await standIn.stop();
        await page
          .getByText(/Listener stopped \d/)
          .first()
          .waitFor();
      }
      await page.waitForTimeout(100);
      expect(await violations(page)).toEqual([]);
    });
  });
});

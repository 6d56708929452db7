import { describe, expect, it } from 'vitest';
import { describeInBrowser } from '../../../support/in-browser.ts';
import { changedId, idOf, rejectedId, sampleRows } from '../../../support/inspector-samples.ts';
import { noon, row } from '../../../support/inspector-stand-in.ts';
import {
  openStandIn,
  options,
  type StandInPageOptions,
  search,
  selected,
} from '../../../support/stand-in-page.ts';

/** Notes how many rows the page had when it was drawn for the first time. */
const noteFirstRows = `new MutationObserver(() => {
  if (document.querySelector('.app')) globalThis.firstRows ??= document.querySelectorAll('[role=option]').length;
}).observe(document, { childList: true, subtree: true });`;

/** On a slow machine, the page would otherwise stop waiting for its first events. */
const waitForever = `const start = setTimeout;
globalThis.setTimeout = (work, ms = 0) => (ms < 100 ? start(work, ms) : 0);`;

describeInBrowser('the list of events', (browser) => {
  const open = (given?: StandInPageOptions) => openStandIn(browser(), given);

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
});

import { expect, it } from 'vitest';
import { describeInBrowser } from '../../support/in-browser.ts';
import { sampleRows } from '../../support/inspector-samples.ts';
import { noon, row } from '../../support/inspector-stand-in.ts';
import { openStandIn, options, type StandInPageOptions, search } from '../../support/stand-in-page.ts';

describeInBrowser('the connection', (browser) => {
  const open = (given?: StandInPageOptions) => openStandIn(browser(), given);

  it('says when it is lost, and resumes where it was', async () => {
    const { standIn, page } = await open({ rows: sampleRows(3), expected: /ERR_|Failed to load resource/ });
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
    const other = await page.context().newPage();
    await other.goto(standIn.link('/events').split('#')[0]!);
    await other.getByText('Open the link that scalekit-hooks printed.').waitFor();
    await other.getByText('Not connected').waitFor();
    expect(await other.getByText(/stopped|restarted/).count()).toBe(0);
  });

  it('stops at a wrong token', async () => {
    const { standIn, page } = await open({
      rows: sampleRows(3),
      expected: /401|ERR_|Failed to load resource/,
    });
    await options(page).first().waitFor();
    standIn.token = 'another';
    await standIn.stop();
    await standIn.start();
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

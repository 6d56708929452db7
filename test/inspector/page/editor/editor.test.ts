import { expect, it } from 'vitest';
import { describeInBrowser } from '../../../support/in-browser.ts';
import { idOf, rejectedId, sampleRows } from '../../../support/inspector-samples.ts';
import { attempt, noon, row, sampleBody } from '../../../support/inspector-stand-in.ts';
import { openStandIn, options, type StandInPageOptions, selected } from '../../../support/stand-in-page.ts';

describeInBrowser('replay', (browser) => {
  const open = (given?: StandInPageOptions) => openStandIn(browser(), given);

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

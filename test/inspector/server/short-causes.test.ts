import { expect, it } from 'vitest';
import type { EventMessage } from '../../../src/inspector/protocol.ts';
import { ShortCauses } from '../../../src/inspector/server/short-causes.ts';
import { row } from '../../support/inspector-stand-in.ts';

const names = { webhookId: 'msg_1', eventId: 'evt_1' };
const searches = (isCertain: boolean) => {
  const causes = new ShortCauses();
  let count = 0;
  const search = async () => {
    count += 1;
    return { cause: 'unknown cause', isCertain, names };
  };
  return { causes, ask: () => causes.of('cap_1', search), count: () => count };
};

const arrived = (changes: object): EventMessage => ({
  kind: 'row',
  row: row({ time: 1, ...changes }),
  cursor: '1',
});
const existing = (time: number): EventMessage => ({ kind: 'rows', rows: [row({ eventId: 'evt_1', time })] });

it.each<[string, boolean, EventMessage, number]>([
  ['the same message is verified', false, arrived({ webhookId: 'msg_1', eventId: null }), 2],
  ['the same event is verified', false, arrived({ webhookId: null, eventId: 'evt_1' }), 2],
  ['the cause is certain', true, arrived({ webhookId: 'msg_1' }), 1],
  ['the same message is rejected', false, arrived({ webhookId: 'msg_1', verified: false }), 1],
  ['another message is verified', false, arrived({ webhookId: 'msg_2', eventId: 'evt_2' }), 1],
  ['a page is shown what existed at the search', false, existing(Date.now() - 1000), 1],
  ['a page is shown what came since', false, existing(Date.now() + 60_000), 2],
])('searches for a cause once, and again where it helps: %s', async (_, isCertain, message, expected) => {
  const { causes, ask, count } = searches(isCertain);
  await ask();
  causes.take([message]);
  expect(await ask()).toEqual({ cause: 'unknown cause', isCertain });
  await ask();
  expect(count()).toBe(expected);
});

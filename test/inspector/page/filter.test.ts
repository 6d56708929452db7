import { describe, expect, it } from 'vitest';
import {
  filterFromSearch,
  formatAddress,
  isFailed,
  type ListFilter,
  matcher,
  noFilter,
  parseAddress,
  searchFromFilter,
} from '../../../src/inspector/page/filter.ts';
import { captureOf, EventCollection } from '../../../src/inspector/page/timeline.ts';
import { attempt, noon, row } from '../../support/inspector-stand-in.ts';

const matches = (filter: Partial<ListFilter>, bodies: readonly string[] = []) =>
  matcher({ ...noFilter, ...filter }, new Set(bodies), noon);

describe('the filter', () => {
  it.each([
    ['user.created', true],
    ['USER.CRE', true],
    ['evt_1133', true],
    ['msg_xT6h', true],
    ['org_1297', true],
    ['/webhook', true],
    ['cap_e5', true],
    ['lovelace', false],
  ])('finds %s: %s', (q, found) => {
    expect(matches({ q })(row())).toBe(found);
  });

  it('finds what the search of bodies found', () => {
    expect(matches({ q: 'lovelace' }, [row().id])(row())).toBe(true);
  });

  it.each([
    [{ show: 'verified' }, true],
    [{ show: 'rejected' }, false],
    [{ show: 'failed' }, false],
    [{ type: 'user' }, true],
    [{ type: '*.created' }, true],
    [{ type: 'user.*' }, true],
    [{ type: 'created' }, false],
    [{ type: 'user(' }, false],
    [{ source: 'pull' }, false],
    [{ since: '1h' }, true],
    [{ since: 'nonsense' }, true],
  ] as const)('%o: %s', (filter, expected) => {
    expect(matches(filter)(row())).toBe(expected);
  });

  it('excludes what is older', () => {
    expect(matches({ since: '10m' })(row({ time: noon - 601_000 }))).toBe(false);
  });

  it('has failed what the handler did not accept last', () => {
    expect(isFailed(row({ attempts: [attempt({ status: 500 })] }))).toBe(true);
    expect(isFailed(row({ attempts: [attempt({ status: null, failure: 'timeout' })] }))).toBe(true);
    expect(isFailed(row({ attempts: [attempt({ status: 500 }), attempt()] }))).toBe(false);
    expect(isFailed(row({ verified: false, attempts: [attempt({ status: 401 })] }))).toBe(false);
  });
});

describe('the address', () => {
  it('keeps filter, selection and tab', () => {
    const filter: ListFilter = { show: 'rejected', q: 'ä b', type: 'user.*', source: 'pull', since: '1h' };
    const text = formatAddress({ view: 'events', filter, id: 'cap_1', tab: 'raw' });
    expect(text).toMatch(/^\/events\?show=rejected&q=/);
    expect(parseAddress(new URL(text, 'http://127.0.0.1'))).toEqual({
      view: 'events',
      filter,
      id: 'cap_1',
      tab: 'raw',
    });
  });

  it('ignores what is not known', () => {
    expect(parseAddress({ pathname: '/', search: '?show=x&tab=y' })).toEqual({
      view: 'events',
      filter: noFilter,
      id: null,
      tab: 'overview',
    });
    expect(formatAddress({ view: 'events', filter: noFilter, id: null, tab: 'overview' })).toBe('/events');
    const address = formatAddress({ view: 'compose', filter: noFilter, id: null, tab: 'overview' });
    expect(parseAddress(new URL(address, 'http://127.0.0.1')).view).toBe('compose');
  });

  it('has the words of the search field', () => {
    const filter = filterFromSearch('type:user.* ada lovelace since:1h', 'all');
    expect(filter).toEqual({ ...noFilter, type: 'user.*', since: '1h', q: 'ada lovelace' });
    expect(filterFromSearch(searchFromFilter(filter), 'all')).toEqual(filter);
  });
});

describe('the collection', () => {
  it('is newest first, whatever came first', () => {
    const events = new EventCollection();
    for (const [id, time] of [
      ['c', 30],
      ['b', 20],
    ] as const)
      events.addOlder(row({ id, time }));
    events.addNewer(row({ id: 'd', time: 40 }), 1);
    events.addGap(21, 25);
    events.addGap(5, 10);
    expect(Array.from({ length: events.all.length }, (_, index) => events.all.at(index)!.id)).toEqual([
      'd',
      'c',
      'gap-21-25',
      'b',
      'gap-5-10',
    ]);
    expect(events.addNewer(row({ id: 'd' }), 1)).toBeUndefined();
    expect(events.counts.all).toBe(3);
  });

  it('counts what fails, and takes attempts that come before their event', () => {
    const events = new EventCollection();
    events.addAttempt('x', attempt({ time: 1, status: 500 }));
    events.addNewer(row({ id: 'x', attempts: [] }), 1);
    expect(events.counts.failed).toBe(1);
    expect(events.addAttempt('x', attempt({ time: 2 }))).toEqual({ changesFailed: true, replay: undefined });
    expect(events.addAttempt('x', attempt({ time: 2 }))).toBeUndefined();
    expect(events.counts.failed).toBe(0);
    expect(events.get('x')!.attempts).toHaveLength(2);
  });

  it('has replays at their own time, also those that existed before', () => {
    const events = new EventCollection();
    const replayed = attempt({ time: 25, via: 'replay', status: 500 });
    events.addOlder(row({ id: 'b', time: 30 }));
    events.addOlder(row({ id: 'a', time: 10, attempts: [attempt({ time: 11 }), replayed] }));
    events.placeReplays();
    const added = events.addAttempt('a', attempt({ time: 40, via: 'replay' }));
    expect(added?.replay).toMatchObject({ id: 'a@40', row: { id: 'a', time: 40 } });
    expect(Array.from({ length: 4 }, (_, index) => events.all.at(index)!.id)).toEqual([
      'a@40',
      'b',
      'a@25',
      'a',
    ]);
    expect(events.counts.all).toBe(2);
    expect(captureOf('a@40')).toBe('a');
  });

  it('counts the deliveries of a message, but none that was not verified', () => {
    const events = new EventCollection();
    const rows = [
      row({ id: 'c', time: 30, webhookId: 'msg_1' }),
      row({ id: 'forged', time: 20, webhookId: 'msg_1', verified: false }),
      row({ id: 'a', time: 10, webhookId: 'msg_1' }),
      row({ id: 'other', time: 5, webhookId: 'msg_2' }),
    ];
    for (const each of rows) events.addOlder(each);
    expect(rows.map((each) => events.deliveryNumber(each))).toEqual([2, 1, 1, 1]);
  });
});

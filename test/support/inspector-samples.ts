import type { EventRow } from '../../src/inspector/protocol.ts';
import {
  attempt,
  type DetailParts,
  noon,
  row,
  type StandInOptions,
  sampleBody,
} from './inspector-stand-in.ts';

const kinds: readonly (readonly [type: string, organization: string | null])[] = [
  ['organization.directory.user_created', 'org_129714657852526873'],
  ['organization.directory.user_updated', 'org_129714657852526873'],
  ['user.logout', 'org_129714657852526873'],
  ['session.created', 'org_148820031775244101'],
  ['organization.updated', 'org_129714657852526873'],
  ['user.organization_membership_updated', 'org_136610945520087812'],
  ['role.updated', null],
  ['connected_account.token_refresh_failed', null],
];

export const idOf = (index: number) => `cap_${String(index).padStart(12, '0')}`;

/** Events as they would be on a normal day, newest first. */
export function sampleRows(count: number): EventRow[] {
  return Array.from({ length: count }, (_, index) => {
    const [type, organization] = kinds[index % kinds.length]!;
    const time = noon - index * 1371;
    const common = { id: idOf(index), type, organization, time };
    if (index % 10 === 4) return row({ ...common, verified: false });
    if (index === 6) return row({ ...common, attempts: [attempt({ time, status: 500, durationMs: 1260 })] });
    const tries = index === 2 ? [attempt({ time, status: null, failure: 'connection_refused' })] : [];
    return row({
      ...common,
      attempts: [...tries, attempt({ time: time + 2, durationMs: 7 + (index % 40) })],
    });
  });
}

/** The event of `sampleRows` that was rejected because it was re-serialized. */
export const rejectedId = idOf(4);

/** The event of `sampleRows` in which a value was changed. */
export const changedId = idOf(14);

const indentedBody = () =>
  `${JSON.stringify(JSON.parse(sampleBody()), null, 2).replace('12345678901234567000', '12345678901234567890.00')}\n`;

export const sampleDetails: StandInOptions['details'] = {
  [idOf(0)]: { responses: ['{"received":true}'] },
  [rejectedId]: {
    cause: 're-serialized',
    body: indentedBody(),
    signedBody: sampleBody(),
    verdict: {
      causes: [
        {
          certain: true,
          message:
            'The body was re-serialized. The signed body is compact. The received body is indented with 2 spaces and ends in a newline.',
          evidence: `With that undone, signature 1 matches (whsec_C2…, ${sampleBody().length} bytes instead of ${indentedBody().length}).`,
          fix: 'Forward and verify the bytes that arrived. Parse them afterwards.',
        },
      ],
    },
  },
  [changedId]: {
    cause: 'data.email changed',
    body: sampleBody('mallory@example.com'),
    signedBody: sampleBody(),
    verdict: {
      causes: [
        {
          certain: true,
          message: 'A value was changed after signing: data.email.',
          evidence: 'With the body of delivery 1, signature 1 matches.',
          fix: 'Treat this message as forged.',
        },
      ],
    },
  },
};

const users = (count: number, form: (index: number) => unknown) =>
  JSON.stringify(Array.from({ length: count }, (_, index) => form(index)));

/** A list of objects of 6 lines, in each of which one number was changed. */
export function changedNumbers(count: number): DetailParts {
  const user = (n: number) => ({ id: 'usr_1', email: 'ada.lovelace@example.com', active: true, n });
  return { signedBody: users(count, user), body: users(count, (n) => user(n + 1)) };
}

/** A list of objects whose fields were signed in one order and received in another, so that no lines align. */
export function movedFields(count: number): DetailParts {
  const email = 'ada.lovelace@example.com';
  return {
    signedBody: users(count, (n) => ({ id: `usr_${n}`, email, active: true, n })),
    body: users(count, (n) => ({ n, active: true, email, id: `usr_${n}` })),
  };
}

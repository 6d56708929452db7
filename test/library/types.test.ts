import { describe, expectTypeOf, it } from 'vitest';
import {
  createEvent,
  type createListener,
  type EventOf,
  type EventType,
  eventSchemas,
  eventTypes,
  type FrameworkOptions,
  parseEvent,
  type ReceivedEvent,
  type ScalekitEvent,
  type SignedMessage,
  type StandardSchema,
  signedRequest,
  signMessage,
  type Verdict,
  verifyMessage,
} from '../../src/index.ts';

const secret = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD';

// `npm run typecheck` checks the types. Running these lines proves nothing more.
describe('types', () => {
  it('makeRequest gets what the stricter request classes of frameworks take', () => {
    type Init = Parameters<FrameworkOptions<Request, undefined>['makeRequest']>[1];
    expectTypeOf<Init>().toExtend<RequestInit & { signal?: AbortSignal }>();
  });

  it('an event of a type has the data of that type', () => {
    const created = createEvent('user.created');
    expectTypeOf(created.data).toEqualTypeOf<{ userId: string; email: string; organizationId: string }>();
    expectTypeOf(created.type).toEqualTypeOf<'user.created'>();
    const domain = createEvent('organization.domain_created');
    expectTypeOf(domain.data.verification_status).toEqualTypeOf<
      'PENDING' | 'VERIFIED' | 'FAILED' | 'AUTO_VERIFIED'
    >();
    expectTypeOf(domain.data.verification_method).toEqualTypeOf<
      'ADMIN' | 'DNS' | 'NOT_APPLICABLE' | null | undefined
    >();
    const login = createEvent('user.login');
    expectTypeOf(login.data.user_session.device?.location?.city).toEqualTypeOf<string | null | undefined>();
    expectTypeOf(login.data.user_session.authenticated_organizations).toEqualTypeOf<
      string[] | null | undefined
    >();
    const group = createEvent('organization.directory.user_created');
    expectTypeOf(group.data.groups).toEqualTypeOf<
      { id?: string | null; name?: string | null }[] | null | undefined
    >();
  });

  it('the union narrows by type, for every type', () => {
    const narrow = (event: ScalekitEvent) => {
      if (event.type === 'session.created')
        expectTypeOf(event.data).toEqualTypeOf<{ sessionId: string; userId: string }>();
      if (event.type === 'permission.deleted') expectTypeOf(event.data.name).toEqualTypeOf<string>();
      switch (event.type) {
        case 'user.updated':
          expectTypeOf(event.data.changes).toEqualTypeOf<string[]>();
          break;
        case 'connected_account.status_updated':
          expectTypeOf(event.data.old_status).toExtend<string>();
          break;
      }
    };
    narrow(createEvent('user.updated'));
    expectTypeOf<ScalekitEvent['type']>().toEqualTypeOf<EventType>();
    type Narrowed = {
      [T in EventType]: Extract<ScalekitEvent, { type: T }> extends EventOf<T> ? true : false;
    }[EventType];
    expectTypeOf<Narrowed>().toEqualTypeOf<true>();
    // The array of the library is typed by the names.
    expectTypeOf(eventTypes).toEqualTypeOf<readonly EventType[]>();
  });

  it('a parsed event narrows', () => {
    const event = parseEvent(JSON.stringify(createEvent('user.created')));
    expectTypeOf(event).toEqualTypeOf<ScalekitEvent>();
    if (event.type === 'user.created')
      expectTypeOf(event.data).toEqualTypeOf<{ userId: string; email: string; organizationId: string }>();
    if (event.type === 'role.deleted') expectTypeOf(event).toEqualTypeOf<EventOf<'role.deleted'>>();
  });

  it('overrides are typed by the event type', () => {
    createEvent('user.created', { data: { email: 'x@example.com' } });
    // @ts-expect-error: user.created has no such field
    createEvent('user.created', { data: { emial: 'x@example.com' } });
    // @ts-expect-error: the type is already set
    createEvent('user.created', { type: 'user.deleted' });
    // @ts-expect-error: email is a string
    signedRequest('user.created', { secret, overrides: { data: { email: 1 } } });
    signedRequest('user.login', { secret, overrides: { data: { user: { email: 'x@example.com' } } } });
  });

  it('schemas, messages, verdicts and listeners', () => {
    expectTypeOf(eventSchemas['user.created']).toEqualTypeOf<StandardSchema<EventOf<'user.created'>>>();
    expectTypeOf(parseEvent).toExtend<StandardSchema<ScalekitEvent>>();
    const message = signMessage('{}', { secret });
    expectTypeOf(message).toEqualTypeOf<SignedMessage>();
    const verdict = verifyMessage(message, { secret });
    expectTypeOf(verdict).toEqualTypeOf<Verdict>();
    if (!verdict.verified) expectTypeOf(verdict.reason).toExtend<string>();
    expectTypeOf<Awaited<ReturnType<typeof createListener>>>().toExtend<AsyncIterable<ReceivedEvent>>();
    expectTypeOf(signedRequest('user.created', { secret })).toEqualTypeOf<Request>();
  });
});

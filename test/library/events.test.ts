import { describe, expect, it } from 'vitest';
import { createEvent, eventSchemas, eventTypes, HooksError, parseEvent } from '../../src/index.ts';

describe('createEvent', () => {
  it.each(eventTypes)('%s matches its schema, and has a new id each time', (type) => {
    const [first, second] = [createEvent(type), createEvent(type)];
    expect(first.type).toBe(type);
    expect(first.id).not.toBe(second.id);
    expect(eventSchemas[type]['~standard'].validate(first)).toEqual({ value: first });
  });

  it('there are 52 types', () => expect(new Set(eventTypes).size).toBe(52));

  it('overrides are merged at any depth, arrays are replaced, and undefined removes a field', () => {
    const event = createEvent('user.login', {
      organization_id: 'org_9',
      data: {
        user: { email: 'x@example.com', metadata: { a: { b: 1 } } },
        user_session: { authenticated_organizations: ['org_9'] },
      },
    });
    expect(event).toMatchObject({
      organization_id: 'org_9',
      data: { user: { email: 'x@example.com', metadata: { a: { b: 1 } } } },
    });
    expect(event.data.user_session.authenticated_organizations).toEqual(['org_9']);
    expect(event.data.user.id).toMatch(/^usr_/);
    expect(createEvent('user.created', { display_name: undefined })).not.toHaveProperty('display_name');
  });

  it('overrides change neither a prototype nor the next event', () => {
    const hostile = JSON.parse(
      '{"data":{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}}',
    );
    const event = createEvent('user.created', hostile);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
    expect(Object.getPrototypeOf(event.data)).toBe(Object.prototype);
    expect(createEvent('user.created').data).not.toHaveProperty('constructor.prototype.polluted');
  });

  it.each([[null], [[]], ['x']])('the overrides %j: TypeError', (overrides) => {
    expect(() => createEvent('user.created', overrides as object)).toThrow(TypeError);
  });

  it('an unknown type: an error with the nearest name', () => {
    expect(() => createEvent('user.creatd' as 'user.created')).toThrow(HooksError);
    expect(() => createEvent('user.creatd' as 'user.created')).toThrow(
      expect.objectContaining({
        code: 'unknown_event_type',
        message: expect.stringContaining('"user.creatd"'),
        detail: expect.stringContaining('user.created'),
      }),
    );
  });
});

describe('parseEvent and the schemas', () => {
  it('a documented event, as text and as bytes', () => {
    const event = createEvent('organization.created');
    expect(parseEvent(JSON.stringify(event))).toEqual(event);
    expect(parseEvent(Buffer.from(JSON.stringify(event)))).toEqual(event);
  });

  it('unknown types and unknown fields are kept unchanged', () => {
    const unknown = { type: 'invoice.paid', data: { amount: 1 }, more: [1] };
    expect(parseEvent(JSON.stringify(unknown))).toEqual(unknown);
    const event = {
      ...createEvent('user.created'),
      more: 1,
      data: { ...createEvent('user.created').data, extra: { a: 1 } },
    };
    expect(parseEvent(JSON.stringify(event))).toEqual(event);
    const hostile = parseEvent('{"type":"x","data":{"__proto__":{"a":1}}}');
    expect(Object.getPrototypeOf(hostile.data)).toBe(Object.prototype);
  });

  it('optional fields can be null', () => {
    const event = createEvent('organization.created', { data: { metadata: null, external_id: null } });
    expect(parseEvent(JSON.stringify(event))).toEqual(event);
  });

  it.each<[string, string, RegExp]>([
    ['no JSON', '', /\bJSON\b/],
    ['no data', '{"type":"x"}', /: data\b.*\bmissing/],
    ['no type', '{"data":{}}', /: type\b.*\bmissing/],
    ['an array', '[]', /\bJSON object\b/],
    [
      'no userId',
      JSON.stringify({ ...createEvent('user.created'), data: {} }),
      /: data\.userId\b.*\bmissing/,
    ],
    [
      'a number as name',
      JSON.stringify(createEvent('role.created', { data: { name: 1 as never } })),
      /: data\.name\b.*\bstring\b/,
    ],
    [
      'a number as occurred_at',
      JSON.stringify({ ...createEvent('user.created'), occurred_at: 1 }),
      /: occurred_at\b.*\bRFC 3339\b/,
    ],
  ])('%s: invalid_event with the field', (_title, body, problem) => {
    const parse = () => parseEvent(body);
    expect(parse).toThrow(HooksError);
    expect(parse).toThrow(expect.objectContaining({ code: 'invalid_event' }));
    expect(parse).toThrow(problem);
  });

  it('parseEvent and the schemas are Standard Schemas', async () => {
    for (const schema of [parseEvent, ...Object.values(eventSchemas)]) {
      expect(schema['~standard']).toMatchObject({ version: 1, vendor: 'scalekit-hooks' });
      expect(await schema['~standard'].validate(null)).toHaveProperty('issues');
    }
    const event = createEvent('user.created');
    expect(await eventSchemas['user.created']['~standard'].validate(event)).toEqual({ value: event });
    expect(await parseEvent['~standard'].validate(event)).toEqual({ value: event });
    const { issues } = await eventSchemas['user.created']['~standard'].validate({
      ...event,
      data: { ...event.data, email: 1 },
    });
    expect(issues).toEqual([{ message: expect.stringMatching(/\bstring$/), path: ['data', 'email'] }]);
    expect(
      await eventSchemas['user.created']['~standard'].validate(createEvent('user.deleted')),
    ).toHaveProperty('issues');
  });
});

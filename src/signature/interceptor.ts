import type { Headers, Message } from '../message.ts';

const [webhook, interceptor] = ['webhook-', 'interceptor-'];
const signed = ['id', 'timestamp', 'signature'];

/**
 * A signed message as an interceptor is asked: with interceptor-* headers, and the webhook-* ones beside them unless
 * they are left out. Of Scalekit's SDKs the one for Go reads only webhook-*, those for Node and Java only interceptor-*.
 */
export function asInterceptor({ headers, body }: Message, isAlone: boolean): Message {
  const named: Headers = headers.flatMap(([name, value]) => {
    const twin = renamed(name, webhook, interceptor);
    if (twin === undefined) return [[name, value] as const];
    return isAlone ? [[twin, value] as const] : [[twin, value] as const, [name, value] as const];
  });
  return { headers: named, body };
}

/** The message with webhook-* headers only, which is what `verify` reads. */
export function asWebhook({ headers, body }: Message): Message {
  const has = new Set(headers.map(([name]) => name.toLowerCase()));
  const named: Headers = headers.flatMap(([name, value]) => {
    const twin = renamed(name, interceptor, webhook);
    if (twin === undefined) return [[name, value] as const];
    return has.has(twin) ? [] : [[twin, value] as const];
  });
  return { headers: named, body };
}

function renamed(name: string, from: string, to: string): string | undefined {
  const lower = name.toLowerCase();
  const part = signed.find((each) => lower === from + each);
  return part === undefined ? undefined : to + part;
}

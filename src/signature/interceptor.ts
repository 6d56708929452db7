import type { Headers, Message } from '../message.ts';

const [webhook, interceptor] = ['webhook-', 'interceptor-'];
const signed = ['id', 'timestamp', 'signature'];

/**
 * A signed message with interceptor-* headers. Keeps the webhook-* headers too unless `interceptorOnly`: Scalekit's Go
 * SDK reads only webhook-*, its Node and Java SDKs only interceptor-*.
 */
export function asInterceptor({ headers, body }: Message, interceptorOnly: boolean): Message {
  const named: Headers = headers.flatMap(([name, value]) => {
    const newName = renamed(name, webhook, interceptor);
    if (newName === undefined) return [[name, value] as const];
    return interceptorOnly
      ? [[newName, value] as const]
      : [[newName, value] as const, [name, value] as const];
  });
  return { headers: named, body };
}

/** The message with webhook-* headers only, as `verify` reads it. */
export function asWebhook({ headers, body }: Message): Message {
  const has = new Set(headers.map(([name]) => name.toLowerCase()));
  const named: Headers = headers.flatMap(([name, value]) => {
    const newName = renamed(name, interceptor, webhook);
    if (newName === undefined) return [[name, value] as const];
    return has.has(newName) ? [] : [[newName, value] as const];
  });
  return { headers: named, body };
}

function renamed(name: string, from: string, to: string): string | undefined {
  const lower = name.toLowerCase();
  const part = signed.find((each) => lower === from + each);
  return part === undefined ? undefined : to + part;
}

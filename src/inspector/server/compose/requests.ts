import * as z from 'zod/mini';
import { faultNames } from '../../../checks/fault-names.ts';
import type { CheckRequest, SendRequest } from '../../protocol.ts';
import { ApiFailure } from '../failure.ts';

const name = z.string().check(z.minLength(1), z.maxLength(1000));

const actor = z.strictObject({
  organization: z.optional(name),
  user: z.optional(name),
  email: z.optional(name),
});

const sendRequest = z.strictObject({
  body: z.string(),
  target: name,
  actor,
  fault: z.nullable(z.enum(faultNames)),
});

const checkRequest = z.strictObject({ body: z.string() });

/** Reads a request of the page. Throws ApiFailure. */
export const readSendRequest = (value: unknown): SendRequest => read(sendRequest, value);

/** The same for an event to check. */
export const readCheckRequest = (value: unknown): CheckRequest => read(checkRequest, value);

function read<T>(schema: z.ZodMiniType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new ApiFailure(400, 'malformed_request', 'the request has missing or unknown members');
}

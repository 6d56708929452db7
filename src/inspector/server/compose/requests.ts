import * as z from 'zod/mini';
import { faultNames } from '../../../checks/fault-names.ts';
import type { CheckRequest, CommandRequest, RunRequest, SaveRequest, SendRequest } from '../../protocol.ts';
import { ApiFailure } from '../failure.ts';

const name = z.string().check(z.minLength(1), z.maxLength(1000));

const actor = z.strictObject({
  organization: z.optional(name),
  user: z.optional(name),
  email: z.optional(name),
});

const sendMembers = {
  body: z.string(),
  target: name,
  actor,
  fault: z.nullable(z.enum(faultNames)),
};
const sendRequest = z.strictObject(sendMembers);
const commandRequest = z.strictObject({ ...sendMembers, type: name });
const runRequest = z.strictObject({ name, target: name });
const saveRequest = z.strictObject({ body: z.string(), replace: z.boolean() });

const checkRequest = z.strictObject({ body: z.string() });

// Each reads a request of the page, and throws ApiFailure.
export const readSendRequest = (value: unknown): SendRequest => read(sendRequest, value);

export const readCommandRequest = (value: unknown): CommandRequest => read(commandRequest, value);

export const readRunRequest = (value: unknown): RunRequest => read(runRequest, value);

export const readSaveRequest = (value: unknown): SaveRequest => read(saveRequest, value);

export const readCheckRequest = (value: unknown): CheckRequest => read(checkRequest, value);

function read<T>(schema: z.ZodMiniType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new ApiFailure(400, 'malformed_request', 'the request has missing or unknown members');
}

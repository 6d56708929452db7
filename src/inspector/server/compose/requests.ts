import * as z from 'zod/mini';
import { faultNames } from '../../../checks/fault-names.ts';
import type {
  CheckRequest,
  CommandRequest,
  RunRequest,
  SaveRequest,
  SendRequest,
} from '../../compose-protocol.ts';
import { name, readRequest } from '../request.ts';

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
export const readSendRequest = (value: unknown): SendRequest => readRequest(sendRequest, value);

export const readCommandRequest = (value: unknown): CommandRequest => readRequest(commandRequest, value);

export const readRunRequest = (value: unknown): RunRequest => readRequest(runRequest, value);

export const readSaveRequest = (value: unknown): SaveRequest => readRequest(saveRequest, value);

export const readCheckRequest = (value: unknown): CheckRequest => readRequest(checkRequest, value);

import * as z from 'zod/mini';
import type { CheckRunRequest } from '../../check-protocol.ts';
import { name, readRequest } from '../request.ts';

/** As many events as `check --fuzz` takes, and its seeds. */
const fuzz = z.strictObject({
  events: z.int().check(z.minimum(1), z.maximum(1_000_000)),
  seed: z.nullable(z.int().check(z.minimum(0), z.maximum(2 ** 31 - 1))),
});

const runRequest = z.strictObject({
  target: name,
  checks: z.array(name).check(z.minLength(1), z.maxLength(1000)),
  fuzz,
});

/** Reads a request of the page. Throws ApiFailure. */
export const readCheckRunRequest = (value: unknown): CheckRunRequest => readRequest(runRequest, value);

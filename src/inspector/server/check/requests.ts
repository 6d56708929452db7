import * as z from 'zod/mini';
import type { CheckRunRequest } from '../../check-protocol.ts';
import { ApiFailure } from '../failure.ts';

const name = z.string().check(z.minLength(1), z.maxLength(1000));
const upTo = (max: number) => z.int().check(z.minimum(0), z.maximum(max));

/** As many events as `check --fuzz` takes, and its seeds. */
const fuzz = z.strictObject({
  events: z.int().check(z.minimum(1), z.maximum(1_000_000)),
  seed: z.nullable(upTo(2 ** 31 - 1)),
});

const runRequest = z.strictObject({
  target: name,
  checks: z.array(name).check(z.minLength(1), z.maxLength(1000)),
  fuzz,
});

/** Reads a request of the page. Throws ApiFailure. */
export function readCheckRunRequest(value: unknown): CheckRunRequest {
  const result = runRequest.safeParse(value);
  if (result.success) return result.data;
  throw new ApiFailure(400, 'malformed_request', 'the request has missing or unknown members');
}

import * as z from 'zod/mini';
import { ApiFailure } from './failure.ts';

/** A request that the guard let pass. */
export interface PageRequest {
  readonly path: string;
  readonly query: URLSearchParams;
  /** Parsed JSON; undefined for a request without a body. */
  readonly body: unknown;
}

/** One JSON value, or a stream of lines in groups that are ready at the same time. */
export type PageAnswer<Line> =
  | { readonly json: unknown }
  | { readonly lines: AsyncIterable<readonly Line[]> };

/** The name of something that the page has in a list. */
export const name = z.string().check(z.minLength(1), z.maxLength(1000));

/** Reads a request of the page. Throws ApiFailure. */
export function readRequest<T>(schema: z.ZodMiniType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new ApiFailure(400, 'malformed_request', 'the request has missing or unknown members');
}

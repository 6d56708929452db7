import { resolve } from 'node:path';
import { HooksError } from '../../errors.ts';
import { type EventPlaces, readRequestedEvents } from '../../events/builders.ts';
import { readEventText } from '../../events/catalog/event-text.ts';
import { isFile } from '../../input/bytes.ts';
import { parseJson } from '../../json.ts';

// Loaded only after an argument of `send` was neither an event type nor an event file.

/** A better error for an argument that is a target, or a file whose name looks like a type; else the same error. */
export async function mistakenType(
  error: unknown,
  requests: readonly string[],
  places: EventPlaces,
): Promise<unknown> {
  const request = await firstUnreadable(requests, places);
  if (request === undefined || !(error instanceof HooksError)) return error;
  if (isLikeTarget(request))
    return new HooksError('usage', {
      message: `"${request}" is a target, not an event type`,
      detail: 'the arguments of send are event types, patterns and event files',
      fix: `use --to ${request}`,
    });
  const path = resolve(places.cwd, request);
  if (error.code === 'invalid_event' && isScenario(path))
    return new HooksError('usage', {
      message: `"${request}" is a scenario, not an event`,
      detail: 'it has a list of steps',
      fix: `use --scenario ${/[\\/]/.test(request) ? request : `./${request}`}`,
    });
  if (error.code === 'unknown_event_type' && isFile(request, places.cwd))
    return new HooksError('usage', {
      message: `"${request}" is a file, not an event type`,
      detail: 'the path of an event file has a slash, or ends in .json',
      fix: `use ./${request}`,
    });
  return error;
}

async function firstUnreadable(
  requests: readonly string[],
  places: EventPlaces,
): Promise<string | undefined> {
  for (const request of requests) {
    const isReadable = await readRequestedEvents([request], places).then(
      () => true,
      () => false,
    );
    if (!isReadable) return request;
  }
  return undefined;
}

/** Whether a JSON file has steps. */
function isScenario(path: string): boolean {
  const value = parseJson(Buffer.from(readEventText(path)));
  return typeof value === 'object' && value !== null && 'steps' in value;
}

/** `http://…`, `localhost…`, `127.0.0.1…`, `:3000…` or `3000…`. */
function isLikeTarget(text: string): boolean {
  return /^(?:https?:\/\/|(?:localhost|127\.0\.0\.1|\[::1\])(?=[:/]|$)|:?\d{2,5}(?=\/|$))/i.test(text);
}

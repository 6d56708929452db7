import { BODY_LIMIT } from '../../message.ts';
import type { CheckMessage } from '../check-protocol.ts';
import type { StepResult } from '../compose-protocol.ts';
import type { EventMessage, SearchMessage, Session, ShortCause } from '../protocol.ts';
import type { CheckSources } from './check/battery.ts';
import type { CheckRuns } from './check/runs.ts';
import type { ComposeSources } from './compose/routes.ts';
import type { CursorNames } from './cursors.ts';
import { attemptsOf, type DetailSources, detailOf, shortCauseOf } from './detail.ts';
import { eventStream } from './event-stream.ts';
import { ApiFailure } from './failure.ts';
import { type ReplaySources, readReplayRequest, replayCapture } from './replay.ts';
import type { PageRequest } from './request.ts';
import { MAX_QUERY, searchBodies } from './search.ts';
import type { ShortCauses } from './short-causes.ts';

/** Everything that the page can ask for. */
export interface ApiSources extends DetailSources, ReplaySources, ComposeSources, CheckSources {
  readonly session: Session;
}

/** What the inspector remembers between requests. */
export interface ApiState {
  readonly cursors: CursorNames;
  readonly causes: ShortCauses;
  readonly runs: CheckRuns;
}

/** One JSON value, or a stream of them in groups that are ready at the same time. */
export type ApiAnswer =
  | { readonly json: unknown }
  | { readonly lines: AsyncIterable<readonly (EventMessage | SearchMessage | StepResult | CheckMessage)[]> };

/** A JSON string takes at most six characters per byte. */
export const MAX_REQUEST_BYTES = 6 * BODY_LIMIT;

/**
 * Answers a request that the guard let pass. `stop` aborts when the page goes away. Throws HooksError and ApiFailure.
 */
export async function answerApi(
  request: PageRequest,
  sources: ApiSources,
  { cursors, causes, runs, stop }: ApiState & { readonly stop: AbortSignal },
): Promise<ApiAnswer> {
  const { path, query, body } = request;
  if (path === '/api/events') {
    const { store, session } = sources;
    const after = cursors.cursorOf(query.get('after') ?? '');
    return { lines: noted(eventStream(store, session, after, stop), { cursors, causes }) };
  }
  if (path === '/api/search') {
    const text = query.get('q') ?? '';
    if (text === '' || text.length > MAX_QUERY)
      throw new ApiFailure(400, 'malformed_query', `search for 1 to ${MAX_QUERY} characters`);
    return { lines: searchBodies(sources.store, text, stop) };
  }
  if (path === '/api/replay') return { json: await replayCapture(readReplayRequest(body), sources) };
  const [, kind, id] = /^\/api\/(captures|attempts|causes)\/(cap_\w+)$/.exec(path) ?? [];
  if (id !== undefined && kind === 'captures') return { json: await detailOf(id, sources) };
  if (id !== undefined && kind === 'attempts') return { json: await attemptsOf(id, sources) };
  if (id !== undefined) {
    return { json: (await causes.of(id, () => shortCauseOf(id, sources))) satisfies ShortCause };
  }
  // Loaded on demand: they read fixtures and validate with a library.
  const [{ answerComposing }, { answerChecking }] = await Promise.all([
    import('./compose/routes.ts'),
    import('./check/routes.ts'),
  ]);
  const answered =
    (await answerComposing(request, sources, stop)) ??
    (await answerChecking(request, sources, { runs, stop }));
  if (answered) return answered;
  throw new ApiFailure(404, 'not_found', 'there is nothing at this path');
}

/** With short names in place of cursors, and after `causes` has taken what can explain others. */
async function* noted(
  groups: AsyncIterable<readonly EventMessage[]>,
  { cursors, causes }: Pick<ApiState, 'cursors' | 'causes'>,
): AsyncGenerator<readonly EventMessage[]> {
  for await (const messages of groups) {
    causes.take(messages);
    yield messages.map((message) =>
      'cursor' in message && message.cursor !== undefined
        ? { ...message, cursor: cursors.nameOf(message.cursor) }
        : message,
    );
  }
}

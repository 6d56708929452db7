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
import type { PageAnswer, PageRequest } from './request.ts';
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

type ApiAnswer = PageAnswer<EventMessage | SearchMessage | StepResult | CheckMessage>;

/** A JSON string takes at most six characters per byte. */
export const MAX_REQUEST_BYTES = 6 * BODY_LIMIT;

/**
 * Answers a request that the guard let pass. `stop` aborts when the page goes away. Throws HooksError and ApiFailure.
 */
export async function answerApi(
  request: PageRequest,
  sources: ApiSources,
  state: ApiState & { readonly stop: AbortSignal },
): Promise<ApiAnswer> {
  const browsed = await answerBrowsing(request, sources, state);
  if (browsed) return browsed;
  // Loaded on demand: they read fixtures and validate with a library.
  const [{ answerComposing }, { answerChecking }] = await Promise.all([
    import('./compose/routes.ts'),
    import('./check/routes.ts'),
  ]);
  const answered =
    (await answerComposing(request, sources, state.stop)) ?? (await answerChecking(request, sources, state));
  if (answered) return answered;
  throw new ApiFailure(404, 'not_found', 'there is nothing at this path');
}

/** Answers what the view of events asks; undefined for another path. Throws HooksError and ApiFailure. */
async function answerBrowsing(
  { path, query, body }: PageRequest,
  sources: ApiSources,
  { cursors, causes, stop }: Pick<ApiState, 'cursors' | 'causes'> & { readonly stop: AbortSignal },
): Promise<PageAnswer<EventMessage | SearchMessage> | undefined> {
  const { store, session } = sources;
  const [, kind, id = ''] = /^\/api\/(captures|attempts|causes)\/(cap_\w+)$/.exec(path) ?? [];
  switch (kind ?? path) {
    case '/api/events': {
      const after = cursors.cursorOf(query.get('after') ?? '');
      return { lines: noted(eventStream(store, session, after, stop), { cursors, causes }) };
    }
    case '/api/search':
      return { lines: searchBodies(store, searchedText(query), stop) };
    case '/api/replay':
      return { json: await replayCapture(readReplayRequest(body), sources) };
    case 'captures':
      return { json: await detailOf(id, sources) };
    case 'attempts':
      return { json: await attemptsOf(id, sources) };
    case 'causes':
      return { json: (await causes.of(id, () => shortCauseOf(id, sources))) satisfies ShortCause };
    default:
      return undefined;
  }
}

/** Throws ApiFailure. */
function searchedText(query: URLSearchParams): string {
  const text = query.get('q') ?? '';
  if (text !== '' && text.length <= MAX_QUERY) return text;
  throw new ApiFailure(400, 'malformed_query', `search for 1 to ${MAX_QUERY} characters`);
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

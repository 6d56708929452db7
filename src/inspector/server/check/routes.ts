import type { CheckMessage } from '../../check-protocol.ts';
import type { PageAnswer, PageRequest } from '../request.ts';
import { type CheckSources, checkListOf } from './battery.ts';
import { readCheckRunRequest } from './requests.ts';
import { startCheck } from './run.ts';
import type { CheckRuns } from './runs.ts';

/** Answers what the view for checks asks; undefined for another path. Throws HooksError and ApiFailure. */
export async function answerChecking(
  { path, query, body }: PageRequest,
  sources: CheckSources,
  { runs, stop }: { readonly runs: CheckRuns; readonly stop: AbortSignal },
): Promise<PageAnswer<CheckMessage> | undefined> {
  switch (path) {
    case '/api/checks':
      return { json: await checkListOf(sources) };
    case '/api/check-history':
      return { json: runs.historyOf(query.get('target') ?? '') };
    case '/api/check':
      return { lines: await startCheck(readCheckRunRequest(body), { sources, runs, gone: stop }) };
    case '/api/stop-check':
      runs.stop();
      return { json: {} };
    default:
      return undefined;
  }
}

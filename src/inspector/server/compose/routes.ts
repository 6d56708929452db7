import type { FixturePlaces } from '../../../events/builders.ts';
import type { StepResult } from '../../compose-protocol.ts';
import type { PageAnswer, PageRequest } from '../request.ts';
import { catalogOf, sampleEventOf } from './catalog.ts';
import { checkEvent } from './check.ts';
import { commandFor } from './command.ts';
import {
  readCheckRequest,
  readCommandRequest,
  readRunRequest,
  readSaveRequest,
  readSendRequest,
} from './requests.ts';
import { saveFixture } from './save.ts';
import { runScenario, scenarioDetailOf } from './scenario.ts';
import { type SendSources, sendComposed } from './send.ts';

/** What composing needs. */
export interface ComposeSources extends SendSources {
  readonly fixtures: FixturePlaces;
}

/** Answers what the view for composing asks; undefined for another path. Throws HooksError and ApiFailure. */
export async function answerComposing(
  { path, query, body }: PageRequest,
  sources: ComposeSources,
  stop: AbortSignal,
): Promise<PageAnswer<StepResult> | undefined> {
  switch (path) {
    case '/api/catalog':
      return { json: catalogOf(sources.fixtures) };
    case '/api/sample':
      return { json: await sampleEventOf(query.get('type') ?? '', sources.fixtures) };
    case '/api/check-event':
      return { json: checkEvent(readCheckRequest(body).body) };
    case '/api/command':
      return { json: await commandFor(readCommandRequest(body), sources) };
    case '/api/fixtures':
      return { json: saveFixture(readSaveRequest(body), sources.fixtures) };
    case '/api/scenario':
      return { json: await scenarioDetailOf(query.get('name') ?? '', sources.fixtures) };
    case '/api/run-scenario':
      return { lines: await runScenario(readRunRequest(body), sources, stop) };
    case '/api/send':
      return { json: await sendComposed(readSendRequest(body), sources) };
    default:
      return undefined;
  }
}

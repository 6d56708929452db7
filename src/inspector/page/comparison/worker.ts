import { type BodyDifference, compareBodies } from '../difference/difference.ts';
import { drawLine } from '../difference/draw-line.ts';
import { foldedRuns } from '../difference/folded-runs.ts';
import { differenceSummary, layoutOf } from '../difference/words.ts';
import { type DraftReport, draftReporter } from '../editor/draft.ts';
import { bytesOf, decodeBytes } from '../text/bytes.ts';
import type { ComparedBodies, ComparisonAnswer, ComparisonRequest } from './protocol.ts';

/** The script of a worker that compares bodies and keeps what it needs again, so that the page stays responsive. */
let difference: BodyDifference | undefined;
let reportOn: ((text: string) => DraftReport) | undefined;

function drawn(found: BodyDifference, from: number, until: number) {
  return found.lines.slice(from, until).map((line) => drawLine(found, line));
}

function compared(request: Extract<ComparisonRequest, { kind: 'compare' }>): ComparedBodies {
  const signed = decodeBytes(bytesOf(request.signedBase64));
  const received = decodeBytes(bytesOf(request.receivedBase64));
  const found = compareBodies(signed, received);
  difference = found;
  return {
    summary: differenceSummary(found),
    hasSpaces: found.lines.some(({ change }) => change === 'space'),
    hasValues: found.values > 0,
    signedLayout: layoutOf(signed.text),
    receivedLayout: layoutOf(received.text),
    runs: foldedRuns(found.lines).map((run) => ({
      ...run,
      lines: run.isFolded ? [] : drawn(found, run.from, run.until),
    })),
  };
}

function answerTo(request: ComparisonRequest): ComparisonAnswer | undefined {
  switch (request.kind) {
    case 'compare':
      return { kind: 'compared', compared: compared(request) };
    case 'lines':
      return { kind: 'lines', lines: difference ? drawn(difference, request.from, request.until) : [] };
    case 'original':
      reportOn = draftReporter(request.body);
      return undefined;
    case 'draft':
      return reportOn && { kind: 'report', report: reportOn(request.text) };
  }
}

self.onmessage = ({ data }: MessageEvent<ComparisonRequest>) => {
  const answer = answerTo(data);
  if (answer) self.postMessage(answer);
};

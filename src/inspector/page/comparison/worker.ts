import { bytesOf, decodeBytes } from '../text/bytes.ts';
import {
  type BodyDifference,
  compareBodies,
  differenceSummary,
  drawLine,
  foldedRuns,
  layoutOf,
} from '../text/difference.ts';
import type { ComparedBodies, ComparisonAnswer, ComparisonRequest } from './protocol.ts';

/** The script of a worker that compares two bodies and keeps the difference, so that the page stays responsive. */
let difference: BodyDifference | undefined;

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

function answerTo(request: ComparisonRequest): ComparisonAnswer {
  if (request.kind === 'compare') return { kind: 'compared', compared: compared(request) };
  return { kind: 'lines', lines: difference ? drawn(difference, request.from, request.until) : [] };
}

self.onmessage = ({ data }: MessageEvent<ComparisonRequest>) => self.postMessage(answerTo(data));

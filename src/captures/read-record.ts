import { parseJson } from '../events/json.ts';
import { type Capture, type CaptureHead, type CaptureOutcome, RECORD_VERSION } from './record.ts';
import { type HeadRecord, isHead, isMessage, isOutcome, toHead, toOutcome } from './record-members.ts';

/**
 * What a line of a journal holds. `newer` is a record of a later version of this program, `other` a fact of `--json`
 * that is no message, `damaged` what is none of ours, or half of one.
 */
export type ReadRecord =
  | {
      readonly kind: 'capture';
      readonly head: CaptureHead;
      /** Reads headers and body; undefined when they are damaged. */
      load(): Capture | undefined;
    }
  | { readonly kind: 'outcome'; readonly outcome: CaptureOutcome }
  | { readonly kind: 'newer'; readonly version: number }
  | { readonly kind: 'other' }
  | { readonly kind: 'damaged' };

const damaged: ReadRecord = { kind: 'damaged' };
const [closingBrace, quote, backslash] = [0x7d, 0x22, 0x5c];
const headersMember = Buffer.from(',"headers":');

/**
 * Reads what is searched by, without parsing headers and body where these come last, as in records of ours. Inside a
 * JSON text every quotation mark is escaped, so what looks like the member `headers` is that. `line` must stay as it
 * is until the Capture is loaded.
 */
export function readRecord(line: Buffer): ReadRecord {
  if (line[line.length - 1] !== closingBrace) return damaged;
  const at = endsInText(line) ? line.indexOf(headersMember) : -1;
  if (at === -1) return readWhole(parseJson(line.toString()));
  const first = parseJson(`${line.toString('utf8', 0, at)}}`);
  if (isCurrent(first) && !('fact' in first) && isHead(first)) {
    return captureOf(first, () => parseJson(`{${line.toString('utf8', at + 1)}`));
  }
  // Members may have been put in another order since, or the version is another.
  return readWhole(parseJson(line.toString()));
}

/** Whether a line ends as records of ours do, with a text: one that was cut inside its body does not. */
function endsInText(line: Buffer): boolean {
  let end = line.length - 2;
  if (line[end] !== quote) return false;
  let backslashes = 0;
  while (line[end - 1] === backslash) {
    backslashes += 1;
    end -= 1;
  }
  return backslashes % 2 === 0;
}

function readWhole(record: unknown): ReadRecord {
  if (typeof record !== 'object' || record === null) return damaged;
  const { v: version, fact, record: kind } = record as Record<string, unknown>;
  if (typeof version === 'number' && version > RECORD_VERSION) return { kind: 'newer', version };
  if (typeof fact === 'string' && fact !== 'received' && fact !== 'capture_whole') return { kind: 'other' };
  if (kind === 'outcome') {
    return isOutcome(record) ? { kind: 'outcome', outcome: toOutcome(record) } : damaged;
  }
  if (!isHead(record)) return damaged;
  // In what --json prints secrets are masked, so that such a body is not the one that came.
  const isAltered =
    fact !== undefined && /(?:whsec|insec)_.{0,2}…/.test(String((record as { body?: unknown }).body));
  return captureOf(record, () => (isAltered ? undefined : record));
}

function isCurrent(record: unknown): record is object {
  return typeof record === 'object' && record !== null && 'v' in record && record.v === RECORD_VERSION;
}

function captureOf(record: HeadRecord, readMessage: () => unknown): ReadRecord {
  const head = toHead(record);
  return {
    kind: 'capture',
    head,
    load() {
      const message = readMessage();
      if (!isMessage(message)) return undefined;
      const { headers, body, body_base64 } = message;
      return {
        ...head,
        headers,
        body: typeof body === 'string' ? Buffer.from(body) : Buffer.from(body_base64 ?? '', 'base64'),
      };
    },
  };
}

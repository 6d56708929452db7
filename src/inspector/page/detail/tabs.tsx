import { useState } from 'preact/hooks';
import type { AttemptShown } from '../../protocol.ts';
import { isAccepted } from '../accepted.ts';
import { type LoadedCapture, responseTo } from '../capture.ts';
import { hexRows } from '../text/bytes.ts';
import { Shown } from '../text/shown.tsx';
import { clock, count, duration, milliseconds, responseText } from '../text/words.ts';
import { BodyView } from './code.tsx';
import { CopyButton, rawRequest } from './copy.tsx';

/** The body, as JSON if it is JSON. */
export function BodyTab({ capture }: { capture: LoadedCapture }) {
  const { body, detail } = capture;
  return (
    <section class="sec">
      <h3>
        <span class="muted">
          {count(detail.bodyBytes)} bytes{body.isText ? '' : ', not UTF-8: shown as Latin-1'}
          {detail.truncated ? ', only the beginning is shown' : ''}
        </span>
        <span class="r">
          <CopyButton text={() => body.text} label="Copy" />
        </span>
      </h3>
      <div class="code">
        <BodyView key={detail.row.id} text={body.text} />
      </div>
    </section>
  );
}

/** The headers in the order of the request; those of the signature are marked. */
export function HeadersTab({ capture: { detail } }: { capture: LoadedCapture }) {
  return (
    <dl class="facts headers">
      {detail.headers.map(([name, value], index) => (
        <div key={index}>
          <dt class={/^webhook-/i.test(name) ? 'mono signed' : 'mono'}>
            <Shown text={name} />
          </dt>
          <dd class="mono">
            <Shown text={value} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** A composed event has a sender; what the listener forwards has none. */
function viaText({ via, follower }: AttemptShown): string {
  if (via === 'replay') return 'replayed';
  return follower === null ? 'forwarded' : 'sent';
}

function AttemptRow({ attempt, index }: { attempt: AttemptShown; index: number }) {
  const { status, follower, url, time, durationMs } = attempt;
  return (
    <tr>
      <td>{index + 1}</td>
      <td class="num">{clock(time) + milliseconds(time)}</td>
      <td class={isAccepted(status) ? 'ok' : 'bad'}>
        <b>
          <Shown text={responseText(attempt)} />
        </b>
      </td>
      <td class="r num">{duration(durationMs)}</td>
      <td>
        {viaText(attempt)}
        {follower !== null && (
          <>
            {' by '}
            <Shown text={follower} />
          </>
        )}
      </td>
      <td class="url">
        <Shown text={url} />
      </td>
    </tr>
  );
}

function Responses({ id, attempts }: { id: string; attempts: readonly AttemptShown[] }) {
  const known = attempts.map((attempt, index) => ({ number: index + 1, text: responseTo(id, attempt) }));
  return known.reverse().map(
    ({ number, text }) =>
      text !== null && (
        <section class="sec" key={number}>
          <h3>
            Response to attempt {number}
            <span class="r">
              <CopyButton text={() => text} label={`Copy ${number}`} />
            </span>
          </h3>
          <div class="code">
            <BodyView text={text} />
          </div>
        </section>
      ),
  );
}

/** Every delivery to a handler in order, then the responses, newest first. */
export function AttemptsTab({ id, attempts }: { id: string; attempts: readonly AttemptShown[] }) {
  if (attempts.length === 0) return <p class="muted">This event was not delivered to a handler.</p>;
  return (
    <>
      <div class="scroll">
        <table class="table">
          <thead>
            <tr>
              <th scope="col">#</th>
              <th scope="col">Time</th>
              <th scope="col">Response</th>
              <th scope="col" class="r">
                Duration
              </th>
              <th scope="col">How</th>
              <th scope="col">Target</th>
            </tr>
          </thead>
          <tbody>
            {attempts.map((attempt, index) => (
              <AttemptRow key={`${attempt.time} ${attempt.url}`} attempt={attempt} index={index} />
            ))}
          </tbody>
        </table>
      </div>
      <Responses id={id} attempts={attempts} />
    </>
  );
}

const hexStep = 4096;

function Hex({ bytes }: { bytes: Uint8Array }) {
  const [limit, setLimit] = useState(hexStep);
  return (
    <>
      <div class="hex">
        {hexRows(bytes, 0, limit).map(([offset, digits, text]) => (
          <div key={offset}>
            <span class="o">{offset}</span>
            {`  ${digits}  `}
            {text}
          </div>
        ))}
      </div>
      {bytes.length > limit && (
        <button type="button" class="btn quiet small" onClick={() => setLimit(limit + hexStep * 4)}>
          Show more of {count(bytes.length)} bytes
        </button>
      )}
    </>
  );
}

/** The request as text, or its body as hex. */
export function RawTab({ capture }: { capture: LoadedCapture }) {
  const [isHex, setHex] = useState(false);
  return (
    <section class="sec">
      <h3>
        <fieldset class="seg" aria-label="Form">
          <button type="button" aria-pressed={!isHex} onClick={() => setHex(false)}>
            Text
          </button>
          <button type="button" aria-pressed={isHex} onClick={() => setHex(true)}>
            Hex
          </button>
        </fieldset>
        <span class="muted">{isHex ? 'the body' : 'the request'}</span>
        <span class="r">
          <CopyButton text={() => rawRequest(capture)} label="Copy" />
        </span>
      </h3>
      <div class="code">
        {isHex ? (
          <Hex bytes={capture.bytes} />
        ) : (
          <pre class="wrap">
            <Shown
              text={rawRequest(capture)
                .slice(0, rawRequest(capture).length - capture.body.text.length)
                .replaceAll('\r\n', '\n')}
              kept={'\n'}
            />
            <Shown text={capture.body.text} kept={'\n'} />
          </pre>
        )}
      </div>
    </section>
  );
}

function Command({ title, text }: { title: string; text: string }) {
  return (
    <section class="sec">
      <h3>
        {title}
        <span class="r">
          <CopyButton text={() => text} label={`Copy ${title}`} />
        </span>
      </h3>
      <pre class="code wrap">
        <Shown text={text} kept={'\n'} />
      </pre>
    </section>
  );
}

/** Commands that send the event again. */
export function CurlTab({ capture: { detail } }: { capture: LoadedCapture }) {
  return (
    <>
      <Command title="cURL" text={detail.curl} />
      <Command title="CLI command" text={detail.command} />
    </>
  );
}

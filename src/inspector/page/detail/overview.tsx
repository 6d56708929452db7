import type { ComponentChildren } from 'preact';
import { useMemo } from 'preact/hooks';
import type { AttemptShown, CaptureDetail, EventRow, VerdictDetail } from '../../protocol.ts';
import { isAccepted } from '../accepted.ts';
import { type LoadedCapture, responseTo } from '../capture.ts';
import { Check, Cross, Dot, Warning } from '../icons.tsx';
import { decoded, isJson, membersOf } from '../text/json.ts';
import { Shown, Value } from '../text/shown.tsx';
import { clock, duration, milliseconds, plural, responseText } from '../text/words.ts';
import { JsonView } from './code.tsx';
import { CopyButton } from './copy.tsx';
import { DifferenceView } from './difference.tsx';

function CauseView({ cause }: { cause: VerdictDetail['causes'][number] }) {
  const [, first, rest] = /^(.*?[.:](?=\s|$))\s*([\s\S]*)$/.exec(cause.message) ?? [null, cause.message, ''];
  return (
    <div class="cause">
      <p class="say">
        <Shown text={first!} />
        {!cause.certain && <span class="tag">likely</span>}
      </p>
      {rest && (
        <p class="more">
          <Shown text={rest} />
        </p>
      )}
      <dl>
        {cause.evidence !== null && (
          <>
            <dt>Evidence</dt>
            <dd>
              <Shown text={cause.evidence} />
            </dd>
          </>
        )}
        <dt>Fix</dt>
        <dd>
          <Shown text={cause.fix} kept={'\n'} />
        </dd>
      </dl>
    </div>
  );
}

function Verdict({ verdict }: { verdict: VerdictDetail }) {
  if (verdict.verified) return null;
  return (
    <section class="sec causes">
      {verdict.causes.map((cause) => (
        <CauseView key={cause.message} cause={cause} />
      ))}
      {verdict.causes.length === 0 && (
        <div class="cause">
          <p class="say">
            <Shown text={verdict.detail ?? 'The signature does not match.'} />
          </p>
          {verdict.unexplained !== null && (
            <p class="more">
              <Shown text={verdict.unexplained} />
            </p>
          )}
          {verdict.unexplained !== null && verdict.signedBodyBase64 === null && (
            <p class="more">The signed body is not known. A signature does not reveal it.</p>
          )}
        </div>
      )}
    </section>
  );
}

interface StepProps {
  readonly icon: ComponentChildren;
  readonly name: string;
  readonly time?: number;
  /** The response of a handler. */
  readonly response?: string | null;
  readonly children: ComponentChildren;
}

function Step({ icon, name, time, response = null, children }: StepProps) {
  return (
    <li>
      {icon}
      <span class="what">{name}</span>
      <span class="does">{children}</span>
      <span class="at">{time === undefined ? '' : clock(time) + milliseconds(time)}</span>
      {response !== null && (
        <div class="said">
          <pre class="clamp">
            <Shown text={response} kept={'\n'} />
          </pre>
        </div>
      )}
    </li>
  );
}

/** The response to an attempt and its duration. `isGood` is whether it is the expected one. */
export function AttemptSummary({
  attempt,
  isGood = isAccepted(attempt.status),
}: {
  attempt: AttemptShown;
  isGood?: boolean;
}) {
  return (
    <>
      <b class={isGood ? '' : 'bad'}>
        <Shown text={responseText(attempt)} />
      </b>{' '}
      in {duration(attempt.durationMs)}
    </>
  );
}

function Delivery({ detail, attempts }: { detail: CaptureDetail; attempts: readonly AttemptShown[] }) {
  const { row, verdict, method, bodyBytes } = detail;
  return (
    <section class="sec">
      <h3>Delivery</h3>
      <ol class="steps">
        <Step icon={<Dot />} name={row.source === 'compose' ? 'Sent' : 'Received'} time={row.time}>
          <Shown text={`${method} ${row.path}`} />, {plural(bodyBytes, 'byte')}
        </Step>
        <Step
          icon={verdict.verified ? <Check /> : <Cross />}
          name={verdict.verified ? 'Verified' : 'Rejected'}
        >
          {verdict.verified ? (
            <span class="muted">{verdict.ageSeconds !== null && `${verdict.ageSeconds} s old`}</span>
          ) : (
            <Shown text={verdict.detail ?? row.reason ?? ''} />
          )}
        </Step>
        {row.status !== null && (
          <Step icon={<Dot />} name="Answered">
            <b>{row.status}</b> to the sender
          </Step>
        )}
        {attempts.map((attempt, index) => (
          <Step
            key={`${attempt.time} ${attempt.url}`}
            icon={isAccepted(attempt.status) ? <Check /> : attempt.status === null ? <Cross /> : <Warning />}
            name={`Attempt ${index + 1}`}
            time={attempt.time}
            response={responseTo(row.id, attempt)}
          >
            <AttemptSummary attempt={attempt} />{' '}
            <span class="muted">
              {attempt.via === 'replay' && 'replayed to '}
              <Shown text={attempt.url.replace(/^https?:\/\//, '')} />
            </span>
          </Step>
        ))}
      </ol>
    </section>
  );
}

function EventFacts({ row, members }: { row: EventRow; members: ReadonlyMap<string, string> }) {
  const { eventId, webhookId, organization } = row;
  const member = (name: string) => {
    const value = members.get(name);
    return value === undefined || /^[[{]/.test(value) ? null : decoded(value);
  };
  const facts = [
    ['Event id', eventId],
    ['Organization', organization],
    ['Webhook id', webhookId],
    ['Environment', member('environment_id')],
    ['Occurred', member('occurred_at')],
    ['Object', member('object')],
  ] as const;
  return (
    <section class="sec">
      <h3>Event</h3>
      <dl class="facts two">
        {facts.map(
          ([name, value]) =>
            value !== null && (
              <>
                <dt>{name}</dt>
                <Value text={value} />
              </>
            ),
        )}
      </dl>
    </section>
  );
}

/** The first tab: why an event was rejected, where it went, and its data. */
export function Overview({
  capture,
  attempts,
}: {
  capture: LoadedCapture;
  attempts: readonly AttemptShown[];
}) {
  const { detail, body } = capture;
  const members = useMemo(
    () => (isJson(body.text) ? membersOf(body.text) : new Map<string, string>()),
    [body.text],
  );
  const data = members.get('data');
  return (
    <>
      <Verdict verdict={detail.verdict} />
      <DifferenceView key={detail.row.id} capture={capture} />
      <Delivery detail={detail} attempts={attempts} />
      <EventFacts row={detail.row} members={members} />
      {data && (
        <section class="sec">
          <h3>
            Data
            <span class="r">
              <CopyButton text={() => data} label="Copy" />
            </span>
          </h3>
          <div class="code">
            <JsonView key={detail.row.id} text={data} />
          </div>
        </section>
      )}
    </>
  );
}

import type { CheckShown, ExchangeShown } from '../../check-protocol.ts';
import { CopyButton } from '../detail/copy.tsx';
import { Down, Play } from '../icons.tsx';
import { Shown } from '../text/shown.tsx';
import { duration, responseText, sentence } from '../text/words.ts';
import { progress, runChecks } from './state.ts';
import { firstOf } from './words.ts';

interface FailureProps {
  readonly check: CheckShown;
  /** Whether a diagnosis has the reason and the fix. */
  readonly isExplained: boolean;
}

/** Failed checks, each with what was sent and answered. */
export function FailureList({
  checks,
  isExplained,
}: {
  checks: readonly CheckShown[];
  isExplained: boolean;
}) {
  return (
    <ul class="fails">
      {checks.map((check) => (
        <Failure key={check.name} check={check} isExplained={isExplained} />
      ))}
    </ul>
  );
}

function Failure({ check, isExplained }: FailureProps) {
  const { name, sends, expects, got, status } = check;
  return (
    <li>
      <details>
        <summary class="fail">
          <Down />
          <code class="cut">{name}</code>
          <span class="cut">
            <Shown text={`sends ${sends}`} />
          </span>
          <span class="cut">
            expected {expects}, got{' '}
            <b class={status === 'warn' ? 'warn' : 'bad'}>
              <Shown text={firstOf(got)} />
            </b>
          </span>
        </summary>
        <FailureDetail check={check} isExplained={isExplained} />
      </details>
      <button
        type="button"
        class="btn quiet small"
        aria-label={`Rerun this: ${name}`}
        disabled={progress.value !== null}
        onClick={() => void runChecks([name])}
      >
        <Play />
        Rerun this
      </button>
    </li>
  );
}

function FailureDetail({ check, isExplained }: FailureProps) {
  const { meaning, why, fix, exchanges, rerun } = check;
  return (
    <div class="failmore">
      <dl class="facts">
        {exchanges.map((exchange, index) => (
          <Exchange key={index} exchange={exchange} />
        ))}
        <dt>Why</dt>
        <dd>
          <Shown text={`${isExplained ? '' : `The handler ${meaning}. `}${sentence(why)}`} />
        </dd>
        {!isExplained && <dt>Fix</dt>}
        {!isExplained && (
          <dd>
            <Shown text={sentence(fix)} />
          </dd>
        )}
      </dl>
      {rerun !== null && (
        <div class="cmd">
          <span class="p">$</span>
          <code class="grow cut">
            <Shown text={rerun} />
          </code>
          <CopyButton label="Copy CLI command" text={() => rerun} />
        </div>
      )}
    </div>
  );
}

function Exchange({ exchange }: { exchange: ExchangeShown }) {
  const { role, method, headers, body, bodyBase64, durationMs, response } = exchange;
  const text = body ?? `(base64) ${bodyBase64}`;
  const signature = headers.filter(([name]) => /^(?:webhook|interceptor)-/i.test(name));
  return (
    <>
      <dt>Sent</dt>
      <dd>
        {role !== null && (
          <p>
            <Shown text={sentence(role)} />
          </p>
        )}
        <pre class="code sent" tabIndex={0}>
          {method}
          {'\n'}
          {signature.map(([name, value]) => (
            <>
              <Shown text={`${name}: ${value}`} />
              {'\n'}
            </>
          ))}
          {method === 'POST' && <Shown text={`\n${text}`} kept={'\n'} />}
        </pre>
      </dd>
      <dt>Got</dt>
      <dd>
        <b>
          <Shown text={responseText(exchange)} />
        </b>{' '}
        in {duration(durationMs)}
        {response?.trim() && (
          <pre class="code sent" tabIndex={0}>
            <Shown text={response.trim()} kept={'\n'} />
          </pre>
        )}
      </dd>
    </>
  );
}

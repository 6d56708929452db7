import type { SendResult } from '../../compose-protocol.ts';
import { isAccepted } from '../accepted.ts';
import { AttemptSummary } from '../detail/overview.tsx';
import { Check, Cross, Warning } from '../icons.tsx';
import { select } from '../selection.ts';
import { isOpen, showView } from '../state.ts';
import { Shown } from '../text/shown.tsx';
import type { SendState } from './state.ts';

const judgments = {
  rejected: ': rejected, as it should be.',
  accepted: ': accepted a forged message.',
  not_judged: ': it does not show whether the handler verifies signatures.',
} as const;

/** Whether the handler did what a correct one does. */
function isExpected({ attempt: { status, failure }, judgment }: SendResult): boolean {
  if (judgment !== null) return judgment === 'rejected';
  return failure === null && isAccepted(status);
}

/** Shows a sent event in the list of events. */
export function ShowLink({ capture }: { capture: string }) {
  return (
    <a
      href={`/events?id=${capture}`}
      onClick={(event) => {
        event.preventDefault();
        select(capture);
        isOpen.value = true;
        showView('events');
      }}
    >
      Show in Events
    </a>
  );
}

/** Such as `401 in 17 ms: rejected, as it should be.` */
export function Sent({ state }: { state: SendState | undefined }) {
  if (!state) return <p class="outcome" role="status" />;
  if (state.kind === 'sending')
    return (
      <p class="outcome muted" role="status">
        Sending…
      </p>
    );
  if (state.kind === 'failed')
    return (
      <p class="outcome bad" role="status">
        <Warning />
        <span class="wrap">
          <Shown text={`${state.message} ${state.fix}`} />
        </span>
      </p>
    );
  const { result } = state;
  const isGood = isExpected(result);
  return (
    <p class="outcome" role="status">
      {isGood ? <Check /> : <Cross />}
      <span>
        <AttemptSummary attempt={result.attempt} isGood={isGood} />
        {result.judgment !== null && judgments[result.judgment]}{' '}
        {result.capture === null ? 'It could not be stored.' : <ShowLink capture={result.capture} />}
      </span>
    </p>
  );
}

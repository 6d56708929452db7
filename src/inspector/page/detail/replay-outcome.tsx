import { isAccepted } from '../accepted.ts';
import { Check, Cross, Warning } from '../icons.tsx';
import { replays } from '../replays.ts';
import { Shown } from '../text/shown.tsx';
import { responseText } from '../text/words.ts';
import { AttemptSummary } from './overview.tsx';

/** Such as `201 in 35 ms was 500`. */
export function ReplayOutcome({ id }: { id: string }) {
  const state = replays.value.get(id);
  if (!state) return <span class="outcome" role="status" />;
  if (state.kind === 'sending') {
    return (
      <span class="outcome muted" role="status">
        Sending…
      </span>
    );
  }
  if (state.kind === 'failed') {
    return (
      <span class="outcome bad cut" role="status" title={state.fix}>
        <Warning />
        <Shown text={`${state.message} ${state.fix}`} />
      </span>
    );
  }
  const { attempt, was } = state.result;
  return (
    <span class="outcome" role="status">
      {isAccepted(attempt.status) ? <Check /> : <Cross />}
      <span>
        <AttemptSummary attempt={attempt} />
        {was && (
          <span class="muted">
            {' was '}
            <Shown text={responseText(was)} />
          </span>
        )}
      </span>
    </span>
  );
}

import { useEffect, useState } from 'preact/hooks';
import { hasToken } from '../access.ts';
import { Warning } from '../icons.tsx';
import { connection, isStoreLost, serverName } from '../state.ts';
import { clock } from '../text/words.ts';

function useSeconds(): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, []);
  return now;
}

function Lost({ since, next, onConnect }: { since: number; next: number; onConnect: () => void }) {
  const seconds = Math.max(0, Math.ceil((next - useSeconds()) / 1000));
  return (
    <div class="gap down">
      <Warning />
      <span class="cut grow">
        <b>
          {serverName()} stopped {clock(since)}.
        </b>{' '}
        Next attempt in {seconds} s.
      </span>
      <button type="button" class="btn small" onClick={onConnect}>
        Connect now
      </button>
    </div>
  );
}

function whyDenied(): string {
  return hasToken()
    ? `The ${serverName().toLowerCase()} restarted. Open the new link that it printed.`
    : 'Open the link that scalekit-hooks printed. Its token lets this tab see the captures.';
}

/** A row that stays at the top while something is wrong. It covers nothing and moves nothing but the rows below. */
export function Notice({ onConnect }: { onConnect: () => void }) {
  const { value } = connection;
  if (value.state === 'lost') return <Lost since={value.since} next={value.next} onConnect={onConnect} />;
  if (value.state !== 'denied' && !isStoreLost.value) return null;
  return (
    <div class="gap down">
      <Warning />
      <b class="cut">
        {value.state === 'denied'
          ? whyDenied()
          : 'The captures cannot be read. New events appear when they can be read again.'}
      </b>
    </div>
  );
}

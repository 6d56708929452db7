import { Denied, Unanswered } from './access.ts';
import { connection } from './state.ts';
import { Shown } from './text/shown.tsx';
import { sentence } from './text/words.ts';

/** What went wrong, and what to do about it, as sentences; `fix` may be empty. */
export interface PageFailure {
  readonly message: string;
  readonly fix: string;
}

/** The message and fix of any error; a rejected token ends the session. */
export function failureOf(error: unknown): PageFailure {
  if (error instanceof Denied) connection.value = { state: 'denied' };
  if (error instanceof Unanswered) return { message: sentence(error.message), fix: sentence(error.fix) };
  return { message: 'The inspector does not respond.', fix: '' };
}

/** Why a view has nothing to show, and what to do about it. */
export function FailureView({ failure: { message, fix } }: { failure: PageFailure }) {
  return (
    <div class="cause" role="alert">
      <p class="say">
        <Shown text={message} />
      </p>
      <p class="more">
        <Shown text={fix} />
      </p>
    </div>
  );
}

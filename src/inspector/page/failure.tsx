import type { PageFailure } from './capture.ts';
import { Shown } from './text/shown.tsx';

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

import { useEffect, useRef } from 'preact/hooks';
import { Pen } from '../icons.tsx';

interface ReSignWarningProps {
  readonly onContinue: () => void;
  readonly onCancel: () => void;
}

/** Comes before the editor of an event that was rejected. */
export function ReSignWarning({ onContinue, onCancel }: ReSignWarningProps) {
  const proceed = useRef<HTMLButtonElement>(null);
  useEffect(() => proceed.current?.focus(), []);
  return (
    <div class="body warning">
      <div class="cause" role="alert">
        <p class="say">This event was rejected. Re-signing makes it valid for the handler.</p>
        <div class="choice">
          <button type="button" class="btn" ref={proceed} onClick={onContinue}>
            <Pen />
            Edit and replay
          </button>
          <button type="button" class="btn quiet" onClick={onCancel}>
            Cancel
          </button>
        </div>
      </div>
    </div>
  );
}

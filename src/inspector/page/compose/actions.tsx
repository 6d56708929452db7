import { useState } from 'preact/hooks';
import type { CommandLine, SaveRequest, SaveResult } from '../../compose-protocol.ts';
import { postJson } from '../access.ts';
import { copy } from '../detail/copy.tsx';
import { failureOf } from '../failure.tsx';
import { Copy } from '../icons.tsx';
import { currentTarget } from '../targets.tsx';
import { compacted } from '../text/json.ts';
import { Shown } from '../text/shown.tsx';
import { catalog, loadCatalog, requestOf, settings } from './state.ts';

interface Note {
  readonly text: string;
  /** Whether the button to replace the file is shown. */
  readonly asks?: boolean;
}

const noFolder =
  'Events are saved in the folder of --fixtures or SCALEKIT_HOOKS_FIXTURES. The inspector was started without one.';

async function copyCommand(type: string, text: string): Promise<Note> {
  const request = requestOf(compacted(text), settings.value, currentTarget() ?? '');
  const { command } = await postJson<CommandLine>('/api/command', { ...request, type });
  await copy('CLI command', command);
  return { text: command };
}

async function save(text: string, replace: boolean): Promise<Note> {
  if (catalog.value?.fixtures === null) return { text: noFolder };
  const request: SaveRequest = { body: compacted(text), replace };
  const { kind, file } = await postJson<SaveResult>('/api/fixtures', request);
  if (kind === 'exists') return { text: `${file} exists.`, asks: true };
  void loadCatalog(new AbortController().signal);
  return { text: `Saved as ${file}.` };
}

/** What can be done with a composed event besides sending it. */
export function EventActions({ type, text }: { type: string; text: string }) {
  const [note, setNote] = useState<Note | null>(null);
  const run = async (action: Promise<Note>) => {
    try {
      setNote(await action);
    } catch (error) {
      const { message, fix } = failureOf(error);
      setNote({ text: `${message} ${fix}` });
    }
  };
  const canSave = catalog.value !== null && catalog.value.fixtures !== null;
  return (
    <div class="event-actions">
      <button type="button" class="btn small" onClick={() => void run(copyCommand(type, text))}>
        <Copy />
        Copy CLI command
      </button>
      <button
        type="button"
        class="btn small"
        aria-disabled={!canSave}
        title={canSave ? undefined : noFolder}
        onClick={() => void run(save(text, false))}
      >
        Save as fixture
      </button>
      <span class="said" role="status">
        {note && <Shown text={note.text} />}
        {note?.asks && (
          <button type="button" class="btn small" onClick={() => void run(save(text, true))}>
            Replace
          </button>
        )}
      </span>
    </div>
  );
}

/** Makes one file of a room's whole history and gives it to the browser to save. */
import { useEffect, useRef, useState } from 'preact/hooks';

import { exportRoom, fileName } from '../../state/export';
import { useApp } from '../context';
import { Sheet } from '../Sheet';
import type { RoomDialogProps } from './Dialogs';
import { useWords } from './useWords';

type State =
  | { readonly phase: 'ready' | 'failed' }
  | { readonly phase: 'working'; readonly count: number }
  | { readonly phase: 'done'; readonly count: number; readonly address: string };

export function Export({ room, onClose }: RoomDialogProps) {
  const { model } = useApp();
  const words = useWords();
  const { say, count } = words;
  const [state, set] = useState<State>({ phase: 'ready' });
  /** Grows with each start and each cancellation: what an earlier one brings is not wanted. */
  const turn = useRef(0);
  const link = useRef<HTMLAnchorElement>(null);
  const address = state.phase === 'done' ? state.address : undefined;
  useEffect(
    () => () => {
      turn.current += 1;
    },
    [],
  );
  useEffect(() => {
    if (address === undefined) return undefined;
    link.current?.click();
    return () => {
      URL.revokeObjectURL(address);
    };
  }, [address]);

  const start = async () => {
    const mine = (turn.current += 1);
    const cancelled = () => mine !== turn.current;
    set({ phase: 'working', count: 0 });
    try {
      const made = await exportRoom({
        room,
        title: model.title.value,
        words,
        pages: model.history(room),
        now: model.now(),
        progress: (done) => {
          if (!cancelled()) set({ phase: 'working', count: done });
        },
        cancelled,
      });
      if (made === undefined) return;
      set({ phase: 'done', count: made.count, address: URL.createObjectURL(made.file) });
    } catch {
      if (!cancelled()) set({ phase: 'failed' });
    }
  };

  return (
    <Sheet id="export-dialog" title={say('export')} onClose={onClose}>
      <p>{say('export_what')}</p>
      {!canSave() && <p class="error">{say('export_impossible')}</p>}
      {state.phase === 'failed' && (
        <p class="error" role="alert">
          {say('export_failed')}
        </p>
      )}
      {(state.phase === 'ready' || state.phase === 'failed') && (
        <button
          type="button"
          data-testid="export-start"
          disabled={!canSave()}
          onClick={() => void start()}
        >
          {say('export_start')}
        </button>
      )}
      {state.phase === 'working' && (
        <div class="row spread">
          {/* Only its end is announced. */}
          <p aria-hidden="true">{count('export_progress', state.count)}</p>
          <button
            type="button"
            class="plain"
            onClick={() => {
              turn.current += 1;
              set({ phase: 'ready' });
            }}
          >
            {say('cancel')}
          </button>
        </div>
      )}
      <div role="status">
        {state.phase === 'done' && (
          <>
            <p>{count('export_done', state.count)}</p>
            <a
              ref={link}
              class="button"
              href={state.address}
              download={fileName(room, model.now())}
              data-testid="export-save"
            >
              {say('export_save')}
            </a>
            <p class="quiet">{say('export_nothing')}</p>
          </>
        )}
      </div>
    </Sheet>
  );
}

/** The sheets of captive portals cannot even be asked. */
function canSave(): boolean {
  return 'download' in HTMLAnchorElement.prototype;
}

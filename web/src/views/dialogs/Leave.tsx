/** Asks who leaves a room with messages that were never sent. */
import { useApp } from '../context';
import { Sheet } from '../Sheet';
import type { RoomDialogProps } from './Dialogs';
import { useWords } from './useWords';

export function Leave({ room, onClose }: RoomDialogProps) {
  const { model, route } = useApp();
  const { say, count } = useWords();
  const unsent = model.open(room).value.drafts.length;
  return (
    <Sheet id="leave-dialog" title={say('leave')} onClose={onClose}>
      <p>{count('leave_unsent', unsent)}</p>
      <div class="row">
        <button type="button" onClick={onClose}>
          {say('stay')}
        </button>
        <button
          type="button"
          class="plain error"
          data-testid="leave-anyway"
          onClick={() => {
            onClose();
            route.go(undefined);
            model.leave(room);
          }}
        >
          {say('leave_anyway')}
        </button>
      </div>
    </Sheet>
  );
}

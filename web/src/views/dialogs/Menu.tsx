/** What can be done with a room beside talking in it. */
import { useApp } from '../context';
import type { DialogKind } from '../dialog';
import { GEAR, Icon, PERSON } from '../Icon';
import { Sheet } from '../Sheet';
import type { RoomDialogProps } from './Dialogs';
import { useWords } from './useWords';

const CHOICES = [
  ['people', PERSON],
  ['days', 'M4.5 6h15v14h-15zM4.5 10.5h15M8.5 3.5v4M15.5 3.5v4'],
  ['invite', 'M12 15V4M8 8l4-4 4 4M6 12H4.5v8.5h15V12H18'],
  ['export', 'M12 4v11M8 11l4 4 4-4M4.5 17v3.5h15V17'],
  [
    'privacy',
    'M2.5 12c5-8.5 14-8.5 19 0-5 8.5-14 8.5-19 0zM12 14.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z',
  ],
  ['settings', GEAR],
  ['leave', 'M14 4.5H5v15h9M10 12h10M16.5 8.5L20 12l-3.5 3.5'],
] as const satisfies readonly (readonly [DialogKind, string])[];

export function Menu({ room, onOpen, onClose }: RoomDialogProps) {
  const { model, route } = useApp();
  const { say } = useWords();
  const choose = (kind: DialogKind) => {
    // Only who would lose something is asked.
    if (kind !== 'leave' || model.open(room).value.drafts.length > 0) {
      onOpen(kind);
      return;
    }
    onClose();
    route.go(undefined);
    model.leave(room);
  };
  return (
    <Sheet id="menu-dialog" title={<bdi>{room}</bdi>} onClose={onClose}>
      <div class="choices">
        {CHOICES.map(([kind, path]) => (
          <button
            key={kind}
            type="button"
            data-testid={kind}
            onClick={() => {
              choose(kind);
            }}
          >
            <Icon path={path} />
            {say(kind)}
          </button>
        ))}
      </div>
    </Sheet>
  );
}

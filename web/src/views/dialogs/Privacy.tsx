/** Who can read what is said in a room: the truth in one sentence, and what the operator can. */
import { useApp } from '../context';
import { Sheet } from '../Sheet';
import type { RoomDialogProps } from './Dialogs';
import { useWords } from './useWords';

export function Privacy({ room, onClose }: RoomDialogProps) {
  const { model } = useApp();
  const { say, language } = useWords();
  const locked = model.rooms.value.find(({ name }) => name === room)?.locked === true;
  const kept = model.limits.value.history;
  const number = new Intl.NumberFormat(language);
  const values = {
    messages: number.format(kept?.messages ?? 0),
    days: number.format(kept?.days ?? 0),
  };
  return (
    <Sheet id="privacy-dialog" title={say('privacy')} onClose={onClose}>
      <p>
        {say(locked ? 'read_locked' : 'read_open')}{' '}
        {kept === undefined ? say('read_kept_unknown') : say('read_kept', values)}{' '}
        {say('read_operator')}
      </p>
    </Sheet>
  );
}

/** The one entry to all dialogs: what is loaded when the first of them is wanted. */
import '../../styles/dialogs.css';
import type { DialogProps } from '../dialog';
import { Days } from './Days';
import { Export } from './Export';
import { Invite } from './Invite';
import { Leave } from './Leave';
import { Menu } from './Menu';
import { People } from './People';
import { Privacy } from './Privacy';
import { Rename } from './Rename';
import { Settings } from './Settings';

const DIALOGS = {
  menu: Menu,
  people: People,
  days: Days,
  invite: Invite,
  export: Export,
  privacy: Privacy,
  leave: Leave,
};

/** What each dialog about a room is given. */
export interface RoomDialogProps extends Omit<DialogProps, 'kind' | 'room'> {
  readonly room: string;
}

export function Dialogs({ kind, room, onOpen, onClose }: DialogProps) {
  if (kind === 'rename') return <Rename onClose={onClose} />;
  if (kind === 'settings' || room === undefined) return <Settings onClose={onClose} />;
  const Chosen = DIALOGS[kind];
  return <Chosen room={room} onOpen={onOpen} onClose={onClose} />;
}

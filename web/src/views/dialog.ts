/** The dialogs around rooms, all in one part that is loaded with the first of them. */
import { later } from './Later';

export type DialogKind =
  'menu' | 'people' | 'days' | 'invite' | 'export' | 'privacy' | 'settings' | 'rename' | 'leave';

export interface DialogProps {
  readonly kind: DialogKind;
  /** The room that it is about; those about the person have none. */
  readonly room?: string;
  /** Another one is to take its place. */
  readonly onOpen: (kind: DialogKind) => void;
  readonly onClose: () => void;
}

export const Dialog = later<DialogProps>(async () => (await import('./dialogs/Dialogs')).Dialogs);

/**
 * The message that somebody asked to be shown: whoever makes the window contain it (a chosen day,
 * a quotation) sets it, the log scrolls to it and takes it away.
 */
import { signal } from '@preact/signals';

export interface Spotlight {
  readonly room: string;
  readonly seq: number;
}

export const spotlight = signal<Spotlight | undefined>(undefined);

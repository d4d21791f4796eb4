/** The rooms as the list shows them: one's own and the others, the liveliest first. */
import type { RoomInfo } from '../connection/wire';

/** What is known of a room: of one's own not even whether it still exists. */
export type Listed = Pick<RoomInfo, 'name'> & Partial<RoomInfo>;

export interface Lobby {
  readonly mine: readonly Listed[];
  readonly others: readonly Listed[];
}

/** `sought`: what a room's name must contain. */
export function lobby(rooms: readonly RoomInfo[], joined: readonly string[], sought = ''): Lobby {
  const known = new Map<string, Listed>(rooms.map((room) => [room.name, room]));
  const mine = joined.map((name) => known.get(name) ?? { name });
  for (const name of joined) known.delete(name);
  const fits = ({ name }: Listed) => fold(name).includes(fold(sought));
  return {
    mine: mine.filter(fits).sort(liveliest),
    others: [...known.values()].filter(fits).sort(liveliest),
  };
}

/** Whether a name that was typed is one of these rooms already. */
export function isListed({ mine, others }: Lobby, name: string): boolean {
  return [...mine, ...others].some((room) => room.name === name);
}

/** Where something was said last, then where most people are; rooms without either by name. */
function liveliest(one: Listed, other: Listed): number {
  return (
    (other.last_at ?? 0) - (one.last_at ?? 0) ||
    (other.count ?? 0) - (one.count ?? 0) ||
    (one.name < other.name ? -1 : 1)
  );
}

function fold(name: string): string {
  return name.normalize('NFC').toLowerCase();
}

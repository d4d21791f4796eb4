/** The first letter of a name on its colour, for a room or (round) a person: found at a glance. */
import { tint } from '../state/tint';

export function Tile({ name, round = false }: { name: string; round?: boolean }) {
  const [letter = ''] = name.replace(/^[\s#@]+/, '');
  return (
    <span class={`tile tint-${tint(name)}${round ? ' round' : ''}`} aria-hidden="true">
      {letter.toUpperCase()}
    </span>
  );
}

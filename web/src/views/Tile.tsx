/** The first letter of a name on its colour: rooms and people are found by it at a glance. */
import { tint } from '../state/tint';

export function Tile({ name }: { name: string }) {
  const [letter = ''] = name.replace(/^[\s#@]+/, '');
  return (
    <span class={`tile tint-${tint(name)}`} aria-hidden="true">
      {letter.toUpperCase()}
    </span>
  );
}

/** A colour for a name, the same everywhere and every time: one of the `--tint-…` of the themes. */
const TINTS = 7;

export function tint(name: string): number {
  let hash = 0;
  for (let at = 0; at < name.length; at += 1) hash = (hash * 31 + name.charCodeAt(at)) >>> 0;
  return hash % TINTS;
}

/** A colour for a name, the same everywhere and every time: one of the `--tint-…` of the themes. */
const TINTS = 7;

export function tint(name: string): number {
  // FNV-1a: short names that are alike come out far apart.
  let hash = 0x811c9dc5;
  for (let at = 0; at < name.length; at += 1) {
    hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193);
  }
  return ((hash ^ (hash >>> 15)) >>> 0) % TINTS;
}

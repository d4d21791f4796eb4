import { readFileSync } from 'node:fs';

import { expect, test } from 'vitest';

const css = readFileSync(new URL('../src/styles/themes.css', import.meta.url), 'utf8');
const [light = '', dark = ''] = css.split(":root[data-theme='dark']");

/** The relative luminance of a property's colour, as WCAG 2 defines it. */
function luminance(theme: string, property: string): number {
  const hex = new RegExp(`--${property}: #(\\w{6});`).exec(theme)?.[1];
  if (hex === undefined) throw new Error(`--${property} is no colour of six digits`);
  const [r = 0, g = 0, b = 0] = [0, 2, 4].map((at) => {
    const part = parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(theme: string, one: string, other: string): number {
  const [bright = 0, dim = 0] = [luminance(theme, one), luminance(theme, other)].sort(
    (a, b) => b - a,
  );
  return (bright + 0.05) / (dim + 0.05);
}

const GROUNDS = ['paper', 'pane', 'raised', 'mine'];
const INKS = ['ink', 'quiet', 'accent', 'error'];
const TINTS = [0, 1, 2, 3, 4, 5, 6].map((number) => `tint-${number}`);

test.each([
  ['light', light],
  ['dark', dark],
])('every text of the %s theme has a contrast of 4.5 to 1', (_, theme) => {
  const pairs = [
    ...GROUNDS.flatMap((ground) => [...INKS, ...TINTS].map((ink) => [ink, ground] as const)),
    ['on-accent', 'accent'] as const,
    ['on-warn', 'warn'] as const,
    // A letter on a tile of its room's colour.
    ...TINTS.map((tile) => ['paper', tile] as const),
  ];
  const weak = pairs.filter(([ink, ground]) => contrast(theme, ink, ground) < 4.5);
  expect(weak).toEqual([]);
});

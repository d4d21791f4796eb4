/**
 * The demo's clock: each time the page is opened it is the same moment, and goes on from there. So
 * the page shows the same days and times whenever a picture is taken of it.
 *
 * Loaded before anything of the page: nothing may see the real date.
 */

/** Thursday, 14 May 2026, 18:42:05 in Korea. */
export const OPENED = Date.UTC(2026, 4, 14, 9, 42, 5);

const Real = Date;
const shift = OPENED - Real.now();

const now = () => Real.now() + shift;

globalThis.Date = new Proxy(Real, {
  construct: (real, values: unknown[]) =>
    Reflect.construct(real, values.length === 0 ? [now()] : values) as Date,
  get: (real, name): unknown => (name === 'now' ? now : Reflect.get(real, name)),
});

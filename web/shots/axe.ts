/** Judges a page by axe: WCAG 2.2 A and AA, and axe's own best practices. */
import type { Page } from '@playwright/test';
import axe, { type AxeResults } from 'axe-core';

/**
 * The violations, one line each. The browser's driver brings axe into the page: the page's own
 * Content-Security-Policy lets no other script in.
 */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() =>
    (window as unknown as { axe: { run: (options: object) => Promise<AxeResults> } }).axe.run({
      resultTypes: ['violations'],
    }),
  );
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html, any, all, none }) => {
      const why = [...any, ...all, ...none].map(({ message }) => message).join('; ');
      return `${id}: ${help}\n  ${html}\n  ${why}`;
    }),
  );
}

/** Brings the settings to the document: theme, colour of the browser's own bars, size, language. */
import { effect, signal } from '@preact/signals';

import { SIZES, type Settings } from './settings';

export function apply(settings: Settings, language: () => string, page: Window): void {
  const { documentElement: html } = page.document;
  const query = page.matchMedia('(prefers-color-scheme: dark)');
  const dark = signal(query.matches);
  query.addEventListener('change', () => {
    dark.value = query.matches;
  });
  effect(() => {
    const chosen = settings.theme.value;
    const system = dark.value ? 'dark' : 'light';
    html.dataset.theme = chosen === 'system' ? system : chosen;
    const paper = page.getComputedStyle(html).getPropertyValue('--pane').trim();
    page.document.querySelector('meta[name=theme-color]')?.setAttribute('content', paper);
  });
  effect(() => {
    html.style.fontSize = `${SIZES[settings.size.value] ?? 100}%`;
  });
  effect(() => {
    html.lang = language();
  });
}

// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { apply } from '../src/state/apply';
import { createSettings } from '../src/state/settings';
import { brief } from '../src/state/time';
import { createApp } from '../src/views/context';

let system: { matches: boolean; change: () => void };
beforeEach(() => {
  localStorage.clear();
  system = { matches: false, change: () => undefined };
  vi.stubGlobal('matchMedia', () => ({
    get matches() {
      return system.matches;
    },
    addEventListener: (_: string, change: () => void) => (system.change = change),
  }));
});
afterEach(() => {
  vi.unstubAllGlobals();
});

const fresh = () => createSettings(() => localStorage);
const html = document.documentElement;

test('what was chosen is there again, and nothing is written before', () => {
  const settings = fresh();
  expect(localStorage.length).toBe(0);
  settings.theme.value = 'dark';
  settings.size.value = 2;
  settings.sound.value = true;
  const again = fresh();
  expect([again.theme.value, again.size.value, again.sound.value]).toEqual(['dark', 2, true]);
});

test('nonsense on the shelf is taken for nothing', () => {
  for (const nonsense of ['{', 'null', '7', '{"theme":"pink","size":9,"sound":"yes"}']) {
    localStorage.setItem('madang.settings', nonsense);
    const { theme, size, sound } = fresh();
    expect([theme.value, size.value, sound.value]).toEqual(['system', 0, false]);
  }
});

test('without storage the settings last as long as the page', () => {
  const settings = createSettings(() => {
    throw new DOMException('denied', 'SecurityError');
  });
  settings.theme.value = 'light';
  expect(settings.theme.value).toBe('light');
});

test('the theme of the system is followed live, until another is chosen', () => {
  const settings = fresh();
  apply(settings, () => 'en', window);
  expect(html.dataset.theme).toBe('light');
  system.matches = true;
  system.change();
  expect(html.dataset.theme).toBe('dark');
  settings.theme.value = 'light';
  expect(html.dataset.theme).toBe('light');
});

test('text size and language reach the document at once', () => {
  const settings = fresh();
  const app = createApp({ model: {} as never, route: {} as never, settings }, ['fr', 'en-GB']);
  apply(settings, () => app.strings.value.language, window);
  expect([html.lang, html.style.fontSize]).toEqual(['en-GB', '100%']);
  settings.language.value = 'ko';
  settings.size.value = 3;
  expect([html.lang, html.style.fontSize]).toEqual(['ko', '150%']);
  expect(app.strings.value.say('enter')).toBe('들어가기');
  expect(brief(app.strings.value.language)(Date.UTC(2025, 2, 3), Date.now())).toMatch(/^3월/);
});

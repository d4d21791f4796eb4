// @vitest-environment jsdom
import { render } from 'preact';
import { act } from 'preact/test-utils';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { createSettings } from '../src/state/settings';
import { createApp, Provide } from '../src/views/context';
import { later } from '../src/views/Later';
import { withDialogs } from './dialog';

const app = createApp(
  { model: {} as never, route: {} as never, settings: createSettings(() => localStorage) },
  ['en'],
);
const Part = () => <p id="part">here</p>;
const show = (Late: ReturnType<typeof later>) =>
  act(() => {
    render(
      <Provide value={app}>
        <Late onClose={() => undefined} />
      </Provide>,
      document.body,
    );
  });
const settle = (ms = 100) => act(() => vi.advanceTimersByTimeAsync(ms) as unknown as Promise<void>);
const buttons = () => [...document.querySelectorAll('button')].map((found) => found.textContent);

beforeEach(() => {
  vi.useFakeTimers();
  withDialogs();
});
afterEach(async () => {
  await act(() => {
    render(null, document.body);
  });
  vi.useRealTimers();
});

test('a part that comes quickly comes without a word, and is there at once the next time', async () => {
  const load = vi.fn(() => Promise.resolve(Part));
  const Late = later(load);
  await show(Late);
  await settle();
  expect(document.querySelector('#part')).not.toBeNull();
  await act(() => {
    render(null, document.body);
  });
  await show(Late);
  expect(document.querySelector('#part')).not.toBeNull();
  expect(load).toHaveBeenCalledTimes(1);
});

test('a part that takes its time says so', async () => {
  await show(later(() => new Promise(() => undefined)));
  await settle(400);
  expect(document.querySelector('dialog')).toBeNull();
  await settle(200);
  expect(document.querySelector('dialog h2')?.textContent).toBe('Loading…');
});

test('a part that cannot be loaded says so, can be tried again, and then with the page anew', async () => {
  let fails = 2;
  await show(
    later(() =>
      fails-- > 0 ? Promise.reject(new TypeError('Failed to fetch')) : Promise.resolve(Part),
    ),
  );
  await settle();
  expect(document.querySelector('dialog h2')?.textContent).toMatch(/could not be loaded/);
  expect(buttons()).toEqual(['Try again', '✕']);
  document.querySelector('button')?.click();
  await settle();
  await settle();
  expect(buttons()).toEqual(['Try again', 'Reload the page', '✕']);
  document.querySelector('button')?.click();
  await settle();
  await settle();
  expect(document.querySelector('#part')).not.toBeNull();
});

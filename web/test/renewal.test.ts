// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { desk } from '../src/state/desk';
import { Renewal, thisPage, type Outdated } from '../src/state/renewal';

/** A page `A`, as its loading for `triedFor` has left it. */
function setup(triedFor?: string) {
  const reloads: string[] = [];
  const told: Outdated[] = [];
  const is = { safe: true, typing: false };
  const renewal = new Renewal(
    {
      id: 'A',
      triedFor,
      reload: (wanted) => reloads.push(wanted),
      isTyping: () => is.typing,
    },
    () => is.safe,
    (outdated) => told.push(outdated),
  );
  return { renewal, reloads, told, is };
}
const wait = () => vi.advanceTimersByTimeAsync(10_000);

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('the page that the gateway serves stays', async () => {
  const { renewal, reloads, told } = setup();
  renewal.greeted({ page: 'A', version: 1 });
  renewal.greeted({});
  await wait();
  expect([reloads, told]).toEqual([[], ['no', 'no']]);
});

test('an old page loads itself anew, once', async () => {
  const { renewal, reloads, told } = setup();
  renewal.greeted({ page: 'B', version: 1 });
  await wait();
  renewal.greeted({ page: 'B', version: 1 });
  await wait();
  expect([reloads, told]).toEqual([['B'], ['renewing', 'old']]);
});

test('it waits until nothing unsent would be lost, and nobody is typing', async () => {
  const { renewal, reloads, is } = setup();
  is.safe = false;
  is.typing = true;
  renewal.greeted({ page: 'B' });
  await wait();
  is.safe = true;
  await wait();
  expect(reloads).toEqual([]);
  is.typing = false;
  await wait();
  expect(reloads).toEqual(['B']);
});

test('a page that is still old after its loading says so, and does not go round', async () => {
  const { renewal, reloads, told } = setup('B');
  renewal.greeted({ page: 'B' });
  await wait();
  expect([reloads, told]).toEqual([[], ['old']]);
});

test('a yet newer gateway is another reason', async () => {
  const { renewal, reloads } = setup('B');
  renewal.greeted({ page: 'C' });
  await wait();
  expect(reloads).toEqual(['C']);
});

test('a gateway that went back to this page while it waited is no reason any more', async () => {
  const { renewal, reloads, told, is } = setup();
  is.safe = false;
  renewal.greeted({ page: 'B' });
  renewal.greeted({ page: 'A' });
  is.safe = true;
  await wait();
  expect([reloads, told]).toEqual([[], ['renewing', 'no']]);
});

test('a gateway of another vocabulary is a reason as well', async () => {
  const { renewal, reloads } = setup();
  renewal.greeted({ page: 'A', version: 2 });
  await wait();
  expect(reloads).toEqual(['A']);
});

test('the note of a loading stands in the browser’s history, beside what others keep there', () => {
  history.replaceState({ other: 1 }, '');
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
  const meta = document.createElement('meta');
  meta.name = 'madang-page';
  meta.content = 'A';
  document.head.append(meta);
  const page = thisPage(window);
  expect([page.id, page.triedFor]).toEqual(['A', undefined]);
  page.reload('B');
  expect(history.state).toEqual({ other: 1, renewed: 'B' });
  expect(thisPage(window).triedFor).toBe('B');
});

test('a thought half written in whatever room is not lost', () => {
  expect(thisPage(window).isTyping()).toBe(false);
  desk('somewhere').text = 'half a thought';
  expect(thisPage(window).isTyping()).toBe(true);
  desk('somewhere').text = '';
});

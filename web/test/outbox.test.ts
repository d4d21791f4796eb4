import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { Drafts, type Draft } from '../src/connection/drafts';
import { Outbox } from '../src/connection/outbox';
import type { Answer, Posted } from '../src/connection/wire';
import { shelf } from './storage';

/** A gateway that is asked draft by draft; the test answers. */
function setup(kept = shelf()) {
  const asked: { draft: Draft; answer: (answer: Answer<Posted> | undefined) => Promise<void> }[] =
    [];
  const stored: string[] = [];
  let number = 0;
  const outbox = new Outbox({
    room: 'live',
    drafts: new Drafts(kept),
    post: (draft) =>
      new Promise((resolve, reject) => {
        asked.push({
          draft,
          answer: async (answer) => {
            if (answer === undefined) reject(new Error('no answer'));
            else resolve(answer);
            await vi.advanceTimersByTimeAsync(0);
          },
        });
      }),
    stored: ({ text }) => stored.push(text),
    changed: () => undefined,
    newId: () => `id${(number += 1)}`,
  });
  const sent = () => asked.map(({ draft }) => draft.text);
  const last = () => {
    const request = asked[asked.length - 1];
    if (request === undefined) throw new Error('nothing was sent');
    return request;
  };
  return { outbox, asked, sent, last, stored };
}

const ok: Answer<Posted> = { ok: true, id: '', seq: 1, at: 0 };
const refuse = (code: string, retry_after_ms?: number): Answer<Posted> => ({
  ok: false,
  error: { code, message: code, ...(retry_after_ms === undefined ? {} : { retry_after_ms }) },
});
const states = (outbox: Outbox) => outbox.drafts.map(({ state }) => state);

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('nothing is sent before the room is there', () => {
  const { outbox, sent } = setup();
  outbox.add('one');
  expect(sent()).toEqual([]);
  outbox.start();
  expect(sent()).toEqual(['one']);
});

test('messages go out in order, the next when the former is acknowledged', async () => {
  const { outbox, sent, last, stored } = setup();
  outbox.start();
  outbox.add('one');
  outbox.add('two');
  expect(sent()).toEqual(['one']);
  await last().answer(ok);
  expect(sent()).toEqual(['one', 'two']);
  await last().answer(ok);
  expect(stored).toEqual(['one', 'two']);
  expect(outbox.drafts).toEqual([]);
});

test('a message on its way is not sent again by the next one', () => {
  const { outbox, sent } = setup();
  outbox.start();
  outbox.add('one');
  outbox.add('two');
  outbox.add('three');
  expect(sent()).toEqual(['one']);
});

test('after a lost connection the message on its way goes out again, with the same id, first', async () => {
  const { outbox, asked, sent, last } = setup();
  outbox.start();
  outbox.add('one');
  outbox.add('two');
  outbox.stop();
  expect(states(outbox)).toEqual(['waiting', 'waiting']);
  outbox.start();
  expect(sent()).toEqual(['one', 'one']);
  expect(asked[1]?.draft.id).toBe(asked[0]?.draft.id);
  await last().answer(ok);
  expect(sent()).toEqual(['one', 'one', 'two']);
});

test('the failure of the old connection does not disturb the new one', async () => {
  const { outbox, asked, sent, last } = setup();
  outbox.start();
  outbox.add('one');
  outbox.stop();
  outbox.start();
  await asked[0]?.answer(undefined);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(sent()).toEqual(['one', 'one']);
  await last().answer(ok);
  expect(outbox.drafts).toEqual([]);
});

test('a late acknowledgement of the old connection counts, and only once', async () => {
  const { outbox, asked, stored } = setup();
  outbox.start();
  outbox.add('one');
  outbox.stop();
  outbox.start();
  await asked[0]?.answer(ok);
  await asked[1]?.answer(ok);
  expect(stored).toEqual(['one']);
  expect(outbox.drafts).toEqual([]);
});

test.each(['rate', 'busy'])(
  'a refusal with %s is tried again after its time, and nothing overtakes',
  async (code) => {
    const { outbox, sent, last } = setup();
    outbox.start();
    outbox.add('one');
    outbox.add('two');
    await last().answer(refuse(code, 700));
    expect(states(outbox)).toEqual(['waiting', 'waiting']);
    await vi.advanceTimersByTimeAsync(699);
    expect(sent()).toEqual(['one']);
    await vi.advanceTimersByTimeAsync(1);
    expect(sent()).toEqual(['one', 'one']);
    await last().answer(ok);
    expect(sent()).toEqual(['one', 'one', 'two']);
  },
);

test('a message without an answer is tried again while the connection stands', async () => {
  const { outbox, sent, last } = setup();
  outbox.start();
  outbox.add('one');
  await last().answer(undefined);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(sent()).toEqual(['one', 'one']);
});

test.each(['too_long', 'bad_request', 'locked', 'unsupported', 'something_new'])(
  'a refusal with %s fails for good and holds nothing up',
  async (code) => {
    const { outbox, sent, last } = setup();
    outbox.start();
    outbox.add('one');
    outbox.add('two');
    await last().answer(refuse(code));
    expect(states(outbox)).toEqual(['failed', 'sending']);
    expect(outbox.drafts[0]?.error?.code).toBe(code);
    await last().answer(ok);
    outbox.stop();
    outbox.start();
    await vi.advanceTimersByTimeAsync(120_000);
    expect(sent()).toEqual(['one', 'two']);
  },
);

test('a failed message can be sent again under its id, or given up', async () => {
  const { outbox, asked, last } = setup();
  outbox.start();
  outbox.add('one');
  await last().answer(refuse('bad_request'));
  outbox.retry('id1');
  expect(asked[1]?.draft.id).toBe('id1');
  await last().answer(refuse('bad_request'));
  outbox.discard('id1');
  expect(outbox.drafts).toEqual([]);
});

test('what is on its way cannot be given up', () => {
  const { outbox } = setup();
  outbox.start();
  outbox.add('one');
  outbox.discard('id1');
  expect(states(outbox)).toEqual(['sending']);
});

test('an unstored message is kept, holds nothing up, and goes out again when there is room', async () => {
  const { outbox, sent, last } = setup();
  outbox.start();
  outbox.add('one');
  outbox.add('two');
  await last().answer(refuse('not_stored'));
  await last().answer(refuse('not_stored'));
  expect(states(outbox)).toEqual(['unstored', 'unstored']);
  expect(sent()).toEqual(['one', 'two']);
  outbox.storing();
  await last().answer(ok);
  await last().answer(ok);
  expect(sent()).toEqual(['one', 'two', 'one', 'two']);
  expect(outbox.drafts).toEqual([]);
});

test('an unstored message is tried again by itself, and after a reconnect', async () => {
  const { outbox, sent, last } = setup();
  outbox.start();
  outbox.add('one');
  await last().answer(refuse('not_stored', 5_000));
  await vi.advanceTimersByTimeAsync(5_000);
  expect(sent()).toEqual(['one', 'one']);
  await last().answer(refuse('not_stored', 5_000));
  outbox.stop();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(sent()).toEqual(['one', 'one']);
  outbox.start();
  expect(sent()).toEqual(['one', 'one', 'one']);
});

/** Guarantee 2 on the board itself: program, kernel, file system and a disk with a cache. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Person, WAYS } from '../clients/person.mjs';
import { Board } from './board.mjs';
import { history, lost, talkUntilPulled } from './talk.mjs';

const PULLS = 20;
/** What the console says when the gateway is about to open its store, and when it has. */
const MOMENTS = ['the data disk is mounted', 'listening'];

test('a board boots, and people with each official client talk on it over TLS', async (t) => {
  const board = await Board.make();
  t.after(() => board.stop());
  t.diagnostic(`answers after ${(await board.start()).toFixed(1)} s`);
  for (const { label, io, transports } of WAYS) {
    const anna = await Person.arrive(board, { io, transports, name: 'Anna' });
    const chulsoo = await Person.arrive(board, { io, transports, name: '철수' });
    for (const person of [anna, chulsoo]) await person.gets('join', { room: label });
    const { seq } = await anna.gets('message', { room: label, id: 'hello', text: '안녕 🎈' });
    const [message] = await chulsoo.hears('message', ({ id }) => id === 'hello');
    assert.deepEqual([message.seq, message.text], [seq, '안녕 🎈']);
    assert.equal(message.from.id, anna.hello.id);
    for (const person of [anna, chulsoo]) person.goes();
  }
});

test('a plug that is pulled while all talk takes nothing that was acknowledged', async (t) => {
  const board = await Board.make();
  t.after(() => board.stop());
  const acknowledged = new Map();
  const seconds = [await board.start()];
  for (let pull = 0; pull < PULLS; pull += 1) {
    // From a few messages to some hundred, and each client in each way in turn.
    await talkUntilPulled(board, WAYS[pull % WAYS.length], acknowledged, 1 + ((pull * 37) % 150));
    // Now and then the power goes again while the board comes up.
    if (pull % 5 === 0) {
      await board.startUntil(MOMENTS[pull % MOMENTS.length]);
      await board.pull();
    }
    seconds.push(await board.start());
    const gone = lost(acknowledged, await history(board));
    assert.deepEqual(gone, [], `lost by pull ${pull + 1}; ${acknowledged.size} acknowledged`);
  }
  await board.pull();
  await board.isSound();
  const mean = seconds.reduce((sum, one) => sum + one) / seconds.length;
  t.diagnostic(
    `${PULLS} pulls and ${PULLS / 5} in boots, ${acknowledged.size} messages acknowledged, 0 lost`,
  );
  t.diagnostic(`${seconds.length} boots, answering after ${mean.toFixed(1)} s on average`);
});

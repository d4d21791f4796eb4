/**
 * The negative controls of the pulled plug: where a flush does not reach the disk, the same pulls
 * lose messages. Without these, a disk that forgets nothing would let everything pass.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { WAYS } from '../clients/person.mjs';
import { Board } from './board.mjs';
import { history, lost, talkUntilPulled } from './talk.mjs';

const PULLS = 12;
const TALK = 20;

const CONTROLS = {
  'a file system that never asks the disk to flush': { mount: 'nobarrier' },
  'a gateway without its barrier': { barrier: false },
};

for (const [what, options] of Object.entries(CONTROLS)) {
  test(`with ${what} pulled plugs lose what was acknowledged`, async (t) => {
    const board = await Board.make(options);
    t.after(() => board.stop());
    const acknowledged = new Map();
    let gone = [];
    let pulls = 0;
    await board.start();
    while (gone.length === 0 && pulls < PULLS) {
      await talkUntilPulled(board, WAYS[0], acknowledged, TALK);
      pulls += 1;
      await board.start();
      gone = lost(acknowledged, await history(board));
    }
    t.diagnostic(`${pulls} pulls, ${acknowledged.size} acknowledged, ${gone.length} lost`);
    assert.notDeepEqual(gone, [], 'nothing is lost: the test of the pulled plug is blind');
  });
}

/** People who talk on a board until its plug is pulled, and what they find when it is back. */
import assert from 'node:assert/strict';

import { Lost, Person } from '../clients/person.mjs';

const ROOM = '마당';
const NAMES = ['Anna', '철수', '영희'];
/** Messages in one page of the history: what the board's configuration allows. */
const PAGE = 500;

/**
 * All talk at once, each waiting for one acknowledgement after the other; after so many in all the
 * plug is pulled, with a message of each on its way. Adds what was acknowledged, number by id.
 */
export async function talkUntilPulled(board, way, acknowledged, after) {
  const people = await Promise.all(
    NAMES.map((name) => Person.arrive(board, { io: way.io, transports: way.transports, name })),
  );
  const before = acknowledged.size;
  let pulled;
  const talk = async (person) => {
    for (;;) {
      const message = { room: ROOM, id: crypto.randomUUID(), text: `${acknowledged.size} 🎈` };
      const { seq } = await person.gets('message', message);
      acknowledged.set(message.id, seq);
      if (acknowledged.size - before >= after) pulled ??= board.pull();
    }
  };
  const ends = await Promise.allSettled(people.map(talk));
  await pulled;
  for (const person of people) person.goes();
  for (const { reason } of ends) if (!(reason instanceof Lost)) throw reason;
  assert.ok(acknowledged.size - before >= after, 'the board stopped before its plug was pulled');
}

/** Everything that a room remembers, as somebody reads who comes in now: each id once, in order. */
export async function history(board) {
  const person = await Person.arrive(board, { name: 'Late' });
  const messages = [];
  for (let more = true; more;) {
    const before = messages.length === 0 ? {} : { before: messages[0].seq };
    const page = await person.gets('history', { room: ROOM, limit: PAGE, ...before });
    messages.unshift(...page.messages);
    more = page.more;
  }
  person.goes();
  const ascending = messages.every(({ seq }, at) => at === 0 || messages[at - 1].seq < seq);
  assert.ok(ascending, 'the history is in order');
  assert.equal(new Set(messages.map(({ id }) => id)).size, messages.length, 'nothing is doubled');
  return messages;
}

/** The ids that were acknowledged and that a history does not have under their number. */
export function lost(acknowledged, messages) {
  const kept = new Map(messages.map(({ id, seq }) => [id, seq]));
  return [...acknowledged].filter(([id, seq]) => kept.get(id) !== seq).map(([id]) => id);
}

/**
 * The plug is pulled under each official client over each transport: what was acknowledged is
 * there, once and in order, and the reader's cursor misses nothing.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Gateway } from './gateway.mjs';
import { Lost, Person, WAYS } from './person.mjs';

const ROOM = '마당';
const MESSAGES = 60;
/** The plug is pulled after so many acknowledgements. */
const KILL_AFTER = 20;

/** Reads a room by its cursor, over any number of connections. */
class Reader {
  log;
  since;
  #complete = false;
  messages = new Map();

  constructor(person) {
    this.person = person;
    person.socket.on('message', (message) => {
      this.#take(message);
      if (this.#complete) this.since = message.seq;
    });
    person.socket.on('disconnect', () => (this.#complete = false));
  }

  /** Joins, and reads page after page until there is no more. */
  async catchUp() {
    for (;;) {
      const cursor = this.since === undefined ? {} : { since: this.since, log: this.log };
      const page = await this.person.gets('join', { room: ROOM, limit: 7, ...cursor });
      assert.deepEqual([page.gap, page.reset], [false, false]);
      page.messages.forEach((message) => this.#take(message));
      this.since = page.next;
      this.log = this.person.hello.log;
      this.#complete = !page.more;
      if (!page.more) return;
    }
  }

  /** What has been read, each (sender, id) once, the later in place of the earlier, in order. */
  get read() {
    return [...this.messages.values()].sort((a, b) => a.seq - b.seq);
  }

  #take(message) {
    const key = `${message.from.id} ${message.id}`;
    const known = this.messages.get(key);
    if (known === undefined || known.seq < message.seq) this.messages.set(key, message);
  }
}

/** Says `1` to `MESSAGES`, one after the other, each until it is acknowledged; tells at half-time. */
async function sayAll(person, acknowledged, half) {
  for (let number = 1; number <= MESSAGES;) {
    await person.isIn();
    try {
      const message = { room: ROOM, id: `m${number}`, text: `${number}번째 🎈` };
      const { seq } = await person.gets('message', message);
      acknowledged.set(message.id, seq);
      number += 1;
    } catch (error) {
      if (!(error instanceof Lost)) throw error;
    }
    if (acknowledged.size === KILL_AFTER) half();
  }
}

for (const { label, io, transports } of WAYS) {
  test(`${label}: a SIGKILL loses nothing acknowledged, doubles nothing, keeps the order`, async (t) => {
    // Faster than people may talk, so that much is under way when the plug is pulled.
    const config = '[limits]\nmessages_per_second = 1000\nmessage_burst = 1000\n';
    const gateway = await Gateway.start({ config });
    t.after(() => gateway.stop());
    const sender = await Person.arrive(gateway, { io, transports, name: '보내는 이' });
    const reader = new Reader(await Person.arrive(gateway, { io, transports, name: 'Reader' }));
    await sender.gets('join', { room: ROOM });
    await reader.catchUp();

    const acknowledged = new Map();
    let saying;
    await new Promise((half) => {
      saying = sayAll(sender, acknowledged, half);
    });
    await gateway.kill();
    assert.ok(acknowledged.size < MESSAGES, 'the plug was pulled while they talked');
    await gateway.start();
    await saying;
    await reader.person.isIn();
    await reader.catchUp();

    const late = new Reader(await Person.arrive(gateway, { io, transports, name: 'Late' }));
    late.since = 0;
    late.log = late.person.hello.log;
    await late.catchUp();
    const ids = Array.from({ length: MESSAGES }, (_, index) => `m${index + 1}`);
    assert.deepEqual(
      late.read.map(({ id }) => id),
      ids,
    );
    assert.deepEqual(
      late.read.map(({ id, seq }) => [id, seq]),
      [...acknowledged],
    );
    assert.deepEqual(reader.read, late.read);

    for (const person of [sender, reader.person, late.person]) person.goes();
  });
}

/**
 * The flow of the classic chat tutorial, with its events only, packet by packet as they travel
 * (without the Engine.IO digit). Our own greeting and the like are unknown to the tutorial's page,
 * which passes them over, and so does this.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { io } from 'socket.io-client';

import { Gateway } from './gateway.mjs';
import { Person } from './person.mjs';

const EVENTS = ['welcome', 'bye', 'room_change', 'new_message'];

/** The tutorial's page, without the page: `io()`, its five handlers, its emits. */
class Visitor {
  trace = [];

  static async arrive(gateway) {
    const visitor = new Visitor();
    visitor.socket = io(gateway.url, { forceNew: true });
    visitor.socket.io.engine.on('packet', ({ type, data }) => {
      if (type !== 'message' || typeof data !== 'string') return;
      const [, kind, event] = /^(\d)\d*(?:\["(\w+)")?/.exec(data) ?? [];
      if (kind === '3' || EVENTS.includes(event)) visitor.trace.push(data);
    });
    await new Promise((done) => visitor.socket.once('connect', done));
    return visitor;
  }

  /** Emits and waits for `done`, as the page does before it paints. */
  async emits(event, ...args) {
    return new Promise((done) => this.socket.emit(event, ...args, (...answer) => done(answer)));
  }

  async nickname(name) {
    this.socket.emit('nickname', name);
  }

  /** Waits until the trace is what it should be, and stays so when something else has passed. */
  async has(...expected) {
    const deadline = Date.now() + 20_000;
    while (this.trace.length < expected.length && Date.now() < deadline) {
      await new Promise((done) => setTimeout(done, 20));
    }
    assert.deepEqual(this.trace, expected);
  }
}

let gateway;
before(async () => {
  gateway = await Gateway.start();
});
after(() => gateway?.stop());

test('the whole flow of the tutorial, packet by packet', async () => {
  const first = await Visitor.arrive(gateway);
  await first.nickname('철수');
  assert.deepEqual(await first.emits('enter_room', 'live'), [1]);
  const start = ['30[1]', '2["room_change",["live"]]'];
  await first.has(...start);

  const second = await Visitor.arrive(gateway);
  assert.deepEqual(await second.emits('enter_room', 'live'), [2]);
  const arrival = ['2["welcome","Anon",2]', '2["room_change",["live"]]'];
  await first.has(...start, ...arrival);
  await second.has('30[2]', '2["room_change",["live"]]');

  assert.deepEqual(await first.emits('new_message', '안녕', 'live'), []);
  await second.has('30[2]', '2["room_change",["live"]]', '2["new_message","철수: 안녕",2]');
  await first.has(...start, ...arrival, '31[]');

  // Who comes later gets the history as plain lines, before the list of rooms.
  const third = await Visitor.arrive(gateway);
  await third.nickname('영희');
  assert.deepEqual(await third.emits('enter_room', 'live'), [3]);
  await third.has('30[3]', '2["new_message","철수: 안녕",3]', '2["room_change",["live"]]');
  const visit = ['2["welcome","영희",3]', '2["room_change",["live"]]'];
  await first.has(...start, ...arrival, '31[]', ...visit);

  third.socket.disconnect();
  const leaving = ['2["bye","영희",2]', '2["room_change",["live"]]'];
  await first.has(...start, ...arrival, '31[]', ...visit, ...leaving);
  first.socket.disconnect();
  second.socket.disconnect();
});

test('the tutorial’s people and ours see each other in the same room', async () => {
  const visitor = await Visitor.arrive(gateway);
  await visitor.nickname('민수');
  const [count] = await visitor.emits('enter_room', 'both');
  assert.equal(count, 1);
  const anna = await Person.arrive(gateway, { name: 'Anna' });
  const joined = await anna.gets('join', { room: 'both' });
  assert.equal(joined.count, 2);
  assert.deepEqual(joined.members.map(({ name }) => name).sort(), ['Anna', '민수']);
  await visitor.emits('new_message', '여기요', 'both');
  const [message] = await anna.hears('message', ({ text }) => text === '여기요');
  assert.equal(message.from.name, '민수');
  await anna.gets('message', { room: 'both', text: 'hello 🎉' });
  const saw = () => visitor.trace.includes('2["new_message","Anna: hello 🎉",2]');
  const deadline = Date.now() + 20_000;
  while (!saw() && Date.now() < deadline) await new Promise((done) => setTimeout(done, 20));
  assert.ok(saw(), visitor.trace.join('\n'));
  assert.ok(visitor.trace.includes('2["welcome","Anna",2]'));
  const { messages } = await anna.gets('history', { room: 'both', limit: 10 });
  assert.deepEqual(
    messages.map(({ text }) => text),
    ['여기요', 'hello 🎉'],
  );
  visitor.socket.disconnect();
  anna.goes();
});

test('a message to a room that was not entered enters it first, and `done` is always called', async () => {
  const visitor = await Visitor.arrive(gateway);
  assert.deepEqual(await visitor.emits('new_message', 'first words', 'unentered'), []);
  const anna = await Person.arrive(gateway, { name: 'Anna' });
  const { messages, count } = await anna.gets('join', { room: 'unentered' });
  assert.deepEqual(
    messages.map(({ text }) => text),
    ['first words'],
  );
  assert.equal(count, 2);
  // Nothing is stored, nobody hangs.
  await visitor.emits('new_message', '', 'unentered');
  await visitor.emits('enter_room', '');
  visitor.socket.disconnect();
  anna.goes();
});

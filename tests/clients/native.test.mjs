/** The native vocabulary with each official client over each transport, feature by feature. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { Gateway } from './gateway.mjs';
import { Person, WAYS } from './person.mjs';

let gateway;
before(async () => {
  gateway = await Gateway.start();
});
after(() => gateway?.stop());

for (const { label, io, transports } of WAYS) {
  describe(label, () => {
    const people = [];
    const arrive = async (name) => {
      const person = await Person.arrive(gateway, { io, transports, name });
      people.push(person);
      return person;
    };
    const room = `마당 ${label}`;
    let anna;
    let chulsoo;

    before(async () => {
      anna = await arrive(`Anna ${people.length} ${label}`.slice(0, 32));
      chulsoo = await arrive('철수');
    });
    after(() => people.forEach((person) => person.goes()));

    test('travels as it was told to', async () => {
      if (transports === undefined) {
        const { engine } = anna.socket.io;
        if (anna.transport !== 'websocket')
          await new Promise((done) => engine.once('upgrade', done));
        assert.equal(anna.transport, 'websocket');
      } else {
        assert.equal(anna.transport, transports[0]);
      }
    });

    test('is greeted with who it is, its secret, the store and the limits', () => {
      const { hello } = chulsoo;
      assert.match(hello.id, /^.{8,}$/);
      assert.match(hello.name, /^철수/);
      assert.match(hello.token, /^.{16,}$/);
      assert.match(hello.log, /^[0-9a-f]{32}$/);
      assert.equal(hello.limits.text_chars, 4_000);
      assert.equal(typeof hello.server.name, 'string');
      assert.equal(typeof hello.server.version, 'string');
      assert.notEqual(hello.id, anna.hello.id);
    });

    test('joins a room, and those in it are told', async () => {
      const first = await anna.gets('join', { room });
      assert.equal(first.room, room);
      assert.deepEqual(first.members, [{ id: anna.hello.id, name: anna.hello.name }]);
      assert.equal(first.count, 1);
      assert.deepEqual(first.messages, []);
      assert.deepEqual([first.more, first.gap, first.reset], [false, false, false]);
      assert.equal(typeof first.next, 'number');

      const second = await chulsoo.gets('join', { room });
      assert.equal(second.count, 2);
      const [joined] = await anna.hears('joined', (change) => change.room === room);
      assert.deepEqual(joined, {
        room,
        member: { id: chulsoo.hello.id, name: chulsoo.hello.name },
        count: 2,
      });
    });

    test('says something in Korean with emoji; all see the same, the sender too', async () => {
      const text = '안녕하세요, 여러분! 👩‍👩‍👧 <b>&';
      const posted = await anna.gets('message', { room, id: 'a1', text });
      assert.equal(posted.id, 'a1');
      const seen = (message) => message.room === room && message.id === 'a1';
      const [mine] = await anna.hears('message', seen);
      const [theirs] = await chulsoo.hears('message', seen);
      assert.deepEqual(mine, theirs);
      assert.deepEqual(mine, {
        room,
        seq: posted.seq,
        id: 'a1',
        from: { id: anna.hello.id, name: anna.hello.name },
        text,
        at: posted.at,
      });
      assert.ok(Math.abs(posted.at - Date.now()) < 600_000);
    });

    test('says the same again with the same id: acknowledged, relayed once', async () => {
      const again = await anna.gets('message', { room, id: 'a1', text: 'again' });
      const [first] = await anna.hears('message', ({ id }) => id === 'a1');
      assert.equal(again.seq, first.seq);
      const next = await anna.gets('message', { room, id: 'a2', text: 'next' });
      assert.ok(next.seq > again.seq);
      await chulsoo.hears('message', ({ id }) => id === 'a2');
      const ids = chulsoo.all('message').map(([message]) => message.id);
      assert.deepEqual(ids, ['a1', 'a2']);
    });

    test('sends any JSON, and answers a message', async () => {
      const data = { temperature: -3.5, tags: ['온도', null, true], deep: { er: [[]] } };
      const [{ seq }] = await chulsoo.hears('message', (seen) => seen.id === 'a1');
      const { id } = await chulsoo.gets('message', { room, data, reply_to: seq });
      const [message] = await anna.hears('message', (seen) => seen.id === id);
      assert.deepEqual(message.data, data);
      assert.equal(message.reply_to, seq);
      assert.equal(message.text, undefined);
    });

    test('looks back, forward and backward', async () => {
      const { messages, more } = await chulsoo.gets('history', { room, limit: 2 });
      assert.equal(messages.length, 2);
      assert.equal(more, true);
      assert.equal(messages[0].id, 'a2');
      assert.ok(messages[0].seq < messages[1].seq);
      const before = await chulsoo.gets('history', { room, before: messages[0].seq, limit: 10 });
      assert.deepEqual(
        before.messages.map(({ id }) => id),
        ['a1'],
      );
      assert.equal(before.more, false);
      const after = await chulsoo.gets('history', { room, after: messages[0].seq, limit: 10 });
      assert.deepEqual(after.messages, messages.slice(1));
    });

    test('comes late and finds the history, newest page first', async () => {
      const late = await arrive('늦은 사람');
      const { messages, count, more } = await late.gets('join', { room });
      assert.deepEqual(
        messages.slice(0, 2).map(({ id }) => id),
        ['a1', 'a2'],
      );
      assert.equal(messages.length, 3);
      assert.equal(count, 3);
      assert.equal(more, false);
      await late.gets('leave', { room });
      const [left] = await anna.hears('left', (change) => change.room === room);
      assert.equal(left.member.id, late.hello.id);
      assert.equal(left.count, 2);
    });

    test('reads on from a cursor, page by page, to the end', async () => {
      const reader = await arrive('reader');
      const read = [];
      let since = 0;
      for (;;) {
        const request = { room, since, log: reader.hello.log, limit: 1 };
        const page = await reader.gets('join', request);
        assert.ok(page.messages.length <= 1);
        read.push(...page.messages);
        since = page.next;
        if (!page.more) break;
      }
      const { messages } = await reader.gets('history', { room, limit: 50 });
      assert.deepEqual(read, messages);
      await reader.gets('leave', { room });
    });

    test('a cursor of another store starts anew', async () => {
      const request = { room, since: 5, log: '0'.repeat(32) };
      const page = await chulsoo.gets('join', request);
      assert.equal(page.reset, true);
      assert.equal(page.messages.length, 3);
    });

    test('types, and the others are told', async () => {
      await chulsoo.gets('typing', { room, on: true });
      const [typing] = await anna.hears('typing', (change) => change.room === room);
      assert.equal(typing.member.id, chulsoo.hello.id);
      assert.equal(typing.on, true);
      chulsoo.socket.emit('typing', { room, on: false });
      await anna.hears('typing', (change) => change.room === room && !change.on);
    });

    test('takes another name, and the others are told', async () => {
      const { name } = await chulsoo.gets('rename', { name: `영희 ${label}`.slice(0, 32) });
      assert.match(name, /^영희/);
      const [renamed] = await anna.hears('renamed', (change) => change.room === room);
      assert.deepEqual(renamed.member, { id: chulsoo.hello.id, name });
      const { members, more } = await anna.gets('members', { room });
      assert.equal(more, false);
      assert.deepEqual(members.map((member) => member.name).sort(), [anna.hello.name, name].sort());
    });

    test('lists the rooms', async () => {
      const { rooms } = await anna.gets('rooms');
      const found = rooms.find(({ name }) => name === room);
      assert.equal(found.count, 2);
      assert.equal(found.locked, false);
    });

    test('is told what is wrong, and stays connected', async () => {
      await anna.isRefused('bad_request', 'join', {});
      await anna.isRefused('bad_request', 'join');
      await anna.isRefused('bad_request', 'join', 'live');
      await anna.isRefused('bad_request', 'message', { room });
      await anna.isRefused('bad_request', 'rename', { name: ' \u200b ' });
      await anna.isRefused('too_long', 'message', { room, text: '가'.repeat(4_001) });
      await anna.isRefused('unsupported', 'message', { room, data: Buffer.from('picture') });
      await anna.gets('message', { room, text: '가'.repeat(4_000) });
    });
  });
}

test('a wrong token is another person; the right one is the same, on another connection too', async () => {
  const first = await Person.arrive(gateway, { name: 'Twin' });
  const second = await Person.arrive(gateway, { name: 'Twin', token: first.hello.token });
  const stranger = await Person.arrive(gateway, { name: 'Twin' });
  assert.equal(second.hello.id, first.hello.id);
  assert.equal(second.hello.name, first.hello.name);
  assert.notEqual(stranger.hello.id, first.hello.id);
  assert.notEqual(stranger.hello.name, first.hello.name);
  const { count } = await first.gets('join', { room: 'twins' });
  assert.equal(count, 1);
  assert.equal((await second.gets('join', { room: 'twins' })).count, 1);
  for (const person of [first, second, stranger]) person.goes();
});

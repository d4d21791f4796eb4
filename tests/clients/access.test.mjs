/** The entry code of the gateway and the keys of rooms, as clients meet them. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { io } from 'socket.io-client';

import { Gateway } from './gateway.mjs';
import { Person } from './person.mjs';

let gateway;
before(async () => {
  gateway = await Gateway.start({
    config: '[access]\ncode = "열려라"\n[access.keys]\n"부엌" = "sesame"\n',
  });
});
after(() => gateway?.stop());

test('without the entry code the connection is refused with `unauthorized`, and with a wrong one', async () => {
  for (const auth of [{ name: 'Anna' }, { name: 'Anna', code: 'wrong' }]) {
    const socket = io(gateway.url, { forceNew: true, auth });
    const error = await new Promise((done) => {
      socket.once('connect', () => done(undefined));
      socket.once('connect_error', done);
    });
    assert.equal(error?.data.code, 'unauthorized');
    socket.disconnect();
  }
});

test('a locked room is refused with `locked` until its key is right; others need none', async () => {
  const anna = await Person.arrive(gateway, { name: 'Anna', code: '열려라' });
  await anna.isRefused('locked', 'join', { room: '부엌' });
  await anna.isRefused('locked', 'join', { room: '부엌', key: 'wrong' });
  await anna.isRefused('locked', 'message', { room: '부엌', text: 'let me in' });
  await anna.isRefused('locked', 'history', { room: '부엌', limit: 5 });
  await anna.gets('join', { room: '부엌', key: 'sesame' });
  await anna.gets('message', { room: '부엌', text: 'in' });
  await anna.gets('join', { room: 'hall' });
  const { rooms } = await anna.gets('rooms');
  const locks = Object.fromEntries(rooms.map(({ name, locked }) => [name, locked]));
  assert.deepEqual(locks, { 부엌: true, hall: false });
  anna.goes();
});

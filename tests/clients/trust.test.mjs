/** That the clients of these tests do verify certificates: the others would prove little. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { get } from 'node:https';
import { test } from 'node:test';

import { Gateway } from './gateway.mjs';
import { Person, WAYS } from './person.mjs';

test('a gateway with another local CA is refused by every client', async (t) => {
  const stranger = await Gateway.start({ ownCa: true });
  t.after(() => stranger.stop());
  const request = get(stranger.url, () => request.destroy(new Error('was trusted')));
  const [error] = await once(request, 'error');
  assert.match(
    error.code,
    /SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT/,
  );
  for (const { label, io, transports } of WAYS) {
    const options = { forceNew: true, reconnection: false, ...(transports && { transports }) };
    const socket = io(stranger.url, options);
    const outcome = await new Promise((done) => {
      socket.once('connect', () => done('connected'));
      socket.once('connect_error', () => done('refused'));
    });
    socket.disconnect();
    assert.equal(outcome, 'refused', label);
  }
});

test('a gateway with the trusted CA is not', async (t) => {
  const gateway = await Gateway.start();
  t.after(() => gateway.stop());
  const person = await Person.arrive(gateway, { name: 'Anna' });
  person.goes();
});

import { execFile } from 'node:child_process';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { Gateway } from '../../tests/clients/gateway.mjs';
import { expect, test, type EngineName } from './rig/world';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Signs a leaf for a name with the key of a gateway's CA, as a thief of the card would. */
const FORGE = resolve(ROOT, process.env.MADANG_EVIL_LEAF ?? 'target/debug/examples/evil_leaf');

test('a stolen card can speak for its own names only: Chromium refuses a leaf for example.com', async ({
  gateway,
  engines,
}) => {
  for (const [name, outcome] of [
    ['localhost', 'trusted'],
    ['example.com', 'refused'],
  ] as const) {
    const { stdout: pem } = await run(FORGE, [join(gateway.data, 'tls'), name]);
    const server = createServer({ key: pem, cert: pem }, (_, response) => response.end('forged'));
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as AddressInfo;
    const phone = await (await engines('Chromium')).phone();
    const tab = await phone.tab();
    const address = `https://${name}:${port}/`;
    // That the forged leaf of an own name is taken shows that only the constraint is in the way.
    if (outcome === 'trusted') await tab.goto(address);
    else await expect(tab.goto(address)).rejects.toThrow(/ERR_CERT/);
    await phone.close();
    server.close();
  }
});

for (const name of ['Chromium', 'Firefox', 'WebKit'] satisfies EngineName[]) {
  test(`${name} refuses a gateway whose CA nobody has trusted`, async ({ engines }) => {
    const foreign = await Gateway.start({ ownCa: true });
    const phone = await (await engines(name)).phone();
    const tab = await phone.tab();
    await tab.goto(foreign.url).catch(() => undefined);
    // Whatever page the browser shows instead of it.
    const inside = await tab.run(() => document.querySelector('#app') !== null);
    expect(inside).toBe(false);
    await phone.close();
    await foreign.stop();
  });
}

for (const name of ['Chromium', 'Firefox', 'WebKit'] satisfies EngineName[]) {
  test(`${name} that trusts the CA stands on the second rung`, async ({ gateway, engines }) => {
    const phone = await (await engines(name)).phone();
    const tab = await phone.tab();
    await tab.goto(`${gateway.url}/trust`);
    const rung = () =>
      tab.run(
        () => document.querySelector<HTMLElement>('[data-found]:not([hidden])')?.dataset.found,
      );
    await expect.poll(rung).toBe('trusted');
    await phone.close();
  });
}

/** One local CA for the whole run, made by a gateway that begins and ends before all tests. */
import { join } from 'node:path';

import { Gateway } from '../../../tests/clients/gateway.mjs';

export default async function makeAuthority(): Promise<() => Promise<void>> {
  const first = await Gateway.start({ ownCa: true });
  await first.kill();
  process.env.MADANG_TEST_CA = first.ca;
  process.env.MADANG_TEST_TLS = join(first.data, 'tls');
  return () => first.stop();
}

import { Gateway } from '../../tests/clients/gateway.mjs';
import type { Person } from './person';
import { expect, test } from './world';

const numbered = (who: string, from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => `${who} ${from + index} 🎉`);

/** Two people talk, the plug is pulled while they do, and both are back with everything. */
async function talkThroughAKill(gateway: Gateway, anna: Person, chulsoo: Person) {
  await anna.comeIn('Anna');
  await chulsoo.comeIn('철수');
  await anna.enter('마당');
  await chulsoo.enter('마당');
  await expect(anna.count).toHaveText('2 people');

  for (const text of numbered('before', 1, 5)) await anna.say(text);
  for (const text of numbered('전', 1, 5)) await chulsoo.say(text);
  await expect(anna.page.getByTestId('text')).toHaveCount(10);
  await expect(anna.pending).toHaveCount(0);
  await expect(chulsoo.pending).toHaveCount(0);

  // Some of these have been relayed or stored when the plug is pulled, and not acknowledged.
  for (const text of numbered('edge', 1, 5)) await anna.say(text);
  await gateway.kill();
  await expect(anna.strip).toContainText('No connection');
  for (const text of numbered('down', 1, 3)) await anna.say(text);
  for (const text of numbered('끊김', 1, 3)) await chulsoo.say(text);
  await expect(chulsoo.pending).toHaveCount(3);
  await expect(chulsoo.strip).toContainText('3 messages will be sent');
  await gateway.start();

  for (const person of [anna, chulsoo]) {
    await expect(person.pending).toHaveCount(0);
    await expect(person.strip).toBeEmpty();
    await expect(person.page.getByTestId('text')).toHaveCount(21);
  }
  const texts = await anna.texts();
  expect(await chulsoo.texts()).toEqual(texts);
  const of = (who: string) => texts.filter((text) => text.startsWith(who));
  expect(of('before')).toEqual(numbered('before', 1, 5));
  expect(of('전')).toEqual(numbered('전', 1, 5));
  expect(of('edge')).toEqual(numbered('edge', 1, 5));
  expect(of('down')).toEqual(numbered('down', 1, 3));
  expect(of('끊김')).toEqual(numbered('끊김', 1, 3));
  await expect(anna.page.locator('.remark')).toHaveCount(0);
  await expect(anna.count).toHaveText('2 people');
  return texts;
}

test('two people talk, the gateway is killed, and both are back with everything once', async ({
  gateway,
  arrive,
}) => {
  const anna = await arrive();
  const chulsoo = await arrive();
  const texts = await talkThroughAKill(gateway, anna, chulsoo);
  // One before the plug was pulled and one after.
  await expect.poll(() => anna.webSockets.size).toBe(2);
  for (const url of anna.webSockets) expect(url).toMatch(/^wss:/);

  // Who comes later sees the same, and so does who reloads.
  const late = await arrive();
  await late.comeIn('Late');
  await late.enter('마당');
  await expect(late.page.getByTestId('text')).toHaveCount(21);
  expect(await late.texts()).toEqual(texts);
  await anna.page.reload();
  await expect(anna.page.getByTestId('text')).toHaveCount(21);
  expect(await anna.texts()).toEqual(texts);
  await expect(anna.page.locator('.mine')).toHaveCount(13);
});

test('the same by long-polling alone, where there is no WebSocket', async ({ gateway, arrive }) => {
  const blocked = { before: withoutWebSocket };
  const anna = await arrive(blocked);
  const chulsoo = await arrive(blocked);
  await talkThroughAKill(gateway, anna, chulsoo);
  for (const person of [anna, chulsoo]) {
    expect(person.webSockets.size).toBe(0);
    expect(person.polls).toBeGreaterThan(10);
  }
});

test('a phone that was away is told by the list of rooms and the count who is there', async ({
  arrive,
}) => {
  const anna = await arrive();
  await anna.comeIn('Anna');
  await anna.enter('부엌');
  const bob = await arrive();
  await bob.comeIn('Bob');
  await bob.page.getByRole('link', { name: '부엌' }).click();
  await expect(anna.count).toHaveText('2 people');
  await bob.page.getByRole('button', { name: 'Leave' }).click();
  // Who is back within ten seconds was never away.
  await expect(anna.count).toHaveText('1 person', { timeout: 30_000 });
});

test('markup is shown as text', async ({ arrive }) => {
  const markup = '<img src=x onerror=alert(1)><script>alert(2)</script>\n<b>&amp;</b>';
  const anna = await arrive();
  await anna.comeIn('<i>Anna</i>');
  await anna.enter('<u>room</u>');
  const bob = await arrive();
  await bob.comeIn('Bob');
  await bob.enter('<u>room</u>');
  await anna.say(markup);
  await expect(bob.page.getByTestId('text')).toHaveText([markup]);
  await expect(bob.page.locator('.name')).toHaveText(['<i>Anna</i>']);
  await expect(bob.page.locator('img, i, u, b')).toHaveCount(0);
});

test('it works without storage, and the person lasts as long as the page', async ({
  gateway,
  arrive,
}) => {
  const anna = await arrive({
    before: (page) =>
      page.addInitScript(() => {
        Object.defineProperty(window, 'localStorage', {
          get: () => {
            throw new DOMException('denied', 'SecurityError');
          },
        });
      }),
  });
  await anna.comeIn('Anna');
  await anna.enter('live');
  await anna.say('one');
  await expect(anna.pending).toHaveCount(0);
  await gateway.kill();
  await gateway.start();
  await expect(anna.strip).toBeEmpty();
  await anna.say('two');
  await expect(anna.pending).toHaveCount(0);
  await expect(anna.page.locator('.mine')).toHaveCount(2);
});

/** Long-polling is all that is left, as in the sheet of a captive portal. */
function withoutWebSocket(page: Person['page']): Promise<unknown> {
  return page.addInitScript(() => {
    Object.defineProperty(window, 'WebSocket', { value: undefined });
  });
}

import { expect, test } from '../rig/world';

test('who leaves is counted out, and sees the room in the list no longer open', async ({
  arrive,
  bot,
}) => {
  const bob = await bot('Bob');
  await bob.join('부엌');
  const anna = await arrive();
  await anna.comeIn('Anna');
  await anna.follow('부엌');
  await anna.counts(2);
  const left = bob.hears('left');
  await anna.leave();
  await anna.tab.see('.rooms');
  expect(await anna.tab.run(() => location.hash)).not.toContain('room');
  expect(await left).toMatchObject({ room: '부엌', count: 1 });
});

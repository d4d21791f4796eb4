import { Gateway } from '../../../tests/clients/gateway.mjs';
import { Bot, FAST } from '../rig/bot';
import { DAY_MS, GatewayClock } from '../rig/clock';
import { it } from '../rig/person';
import { clockOff } from '../rig/watch';
import { expect, test } from '../rig/world';

test.use({ config: FAST });

test('looking back loads page after page, and nothing that is looked at moves', async ({
  arrive,
  bot,
}) => {
  const bob = await bot('Bob');
  await bob.fill('live', 220);
  const anna = await arrive();
  await anna.comeIn('Anna');
  await anna.follow('live');
  await anna.hears('line 220');

  // On a slow network one waits at the top, in sight of what says so.
  anna.wire.line.delay = 150;
  const { moved, pages } = await anna.lookBack('line 1');
  expect(moved).toBeLessThanOrEqual(2);
  expect(pages).toBeGreaterThanOrEqual(3);
  const texts = await anna.texts();
  expect(texts).toEqual(Array.from({ length: texts.length }, (_, line) => `line ${line + 1}`));

  // Neither does it move when somebody speaks meanwhile.
  const first = await anna.line('line 1');
  const before = await anna.top(first);
  await bob.say('live', 'meanwhile');
  await expect.poll(() => anna.tab.text(it('latest'))).toMatch(/1/);
  expect(Math.abs((await anna.top(first)) - before)).toBeLessThanOrEqual(2);
  await anna.tab.click(it('latest'));
  await anna.hears('meanwhile');
  await expect.poll(() => anna.inView('meanwhile')).toBe(true);
});

test('a quote leads to its original, however far back that is', async ({ arrive, bot }) => {
  const bob = await bot('Bob');
  const seq = await bob.say('live', 'the original');
  await bob.fill('live', 160);
  await bob.say('live', 'about that', { reply_to: seq });
  const anna = await arrive();
  await anna.comeIn('Anna');
  await anna.follow('live');
  const line = await anna.line('about that');
  await expect.poll(() => anna.tab.text(`${line} ${it('quote')}`)).toContain('the original');
  await anna.tab.click(`${line} ${it('quote')}`);
  await expect.poll(() => anna.inView('the original')).toBe(true);
  // And back to the newest.
  await anna.tab.click(it('latest'));
  await expect.poll(() => anna.inView('about that')).toBe(true);
});

test('a reply quotes what it answers, for everybody', async ({ arrive, bot }) => {
  const bob = await bot('Bob');
  const anna = await arrive();
  await anna.comeIn('Anna');
  await anna.enter('live');
  await bob.say('live', 'coffee?');
  await anna.act('coffee?', 'reply');
  await anna.tab.see(it('replying'));
  await anna.say('yes please');
  await anna.settles();
  expect(await anna.tab.count(it('replying'))).toBe(0);
  const late = await arrive();
  await late.comeIn('Late');
  await late.follow('live');
  for (const person of [anna, late]) {
    const line = await person.line('yes please');
    await expect.poll(() => person.tab.text(`${line} ${it('quote')}`)).toContain('coffee?');
  }
});

test('a day that is chosen is what one reads next', async ({ arrive }) => {
  const clock = new GatewayClock();
  const gateway = await Gateway.start({ config: FAST, env: clock.env });
  try {
    for (const day of [0, 1, 2]) {
      if (day > 0) {
        await gateway.terminate();
        clock.set(day);
        await gateway.start();
      }
      const bob = await Bot.arrive(gateway, 'Bob');
      await bob.fill('live', 70, `day ${day} line`);
      bob.goes();
    }
    const anna = await arrive({ gateway, first: clockOff(2 * DAY_MS) });
    await anna.comeIn('Anna');
    await anna.follow('live');
    await anna.hears('day 2 line 70');
    await anna.menu('days');
    const first = new Date().toISOString().slice(0, 10);
    const days = `${it('days-dialog')} [data-day]`;
    await expect.poll(() => anna.tab.count(days)).toBe(3);
    await anna.tab.click(`${it('days-dialog')} [data-day="${first}"]`);
    await expect.poll(() => anna.inView('day 0 line 1')).toBe(true);
    await anna.tab.click(it('latest'));
    await expect.poll(() => anna.inView('day 2 line 70')).toBe(true);
  } finally {
    await gateway.stop();
  }
});

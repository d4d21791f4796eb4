/** What may be wrong with a phone, with the gateway's clock, or between an old page and a new gateway. */
import { Gateway } from '../../tests/clients/gateway.mjs';
import { DAY_MS, GatewayClock } from './rig/clock';
import { it } from './rig/person';
import { clockOff, FULL_STORAGE, NO_STORAGE } from './rig/watch';
import { expect, test } from './rig/world';

const YEAR_MS = 365 * DAY_MS;

for (const years of [-9, 9]) {
  test(`a phone whose clock is ${years} years off shows the days of the gateway`, async ({
    arrive,
  }) => {
    const right = await arrive();
    await right.comeIn('Right');
    await right.enter('live');
    const wrong = await arrive({ first: clockOff(years * YEAR_MS) });
    await wrong.comeIn('Wrong');
    await wrong.follow('live');
    await wrong.say('what day is it?');
    await wrong.settles();
    await right.hears('what day is it?');
    expect(await wrong.tab.texts(it('day'))).toEqual(await right.tab.texts(it('day')));
    expect(await wrong.tab.texts('.log time')).toEqual(await right.tab.texts('.log time'));
  });
}

test('a gateway that does not know the time says so, and the chat goes on', async ({ arrive }) => {
  // Earlier than it was built: a board without a clock battery.
  const { env } = new GatewayClock(-20 * 365);
  const gateway = await Gateway.start({ env });
  try {
    const anna = await arrive({ gateway });
    await anna.comeIn('Anna');
    await anna.enter('live');
    await anna.strip(true);
    expect(await anna.tab.text(it('strip'))).toContain('clock');
    await anna.say('whenever');
    await anna.settles();
    await anna.reads(['whenever']);
  } finally {
    await gateway.stop();
  }
});

for (const [what, first] of [
  ['forbidden', NO_STORAGE],
  ['full', FULL_STORAGE],
] as const) {
  test(`where storage is ${what}, the page says that it cannot keep what waits`, async ({
    arrive,
  }) => {
    const anna = await arrive({ first });
    await anna.comeIn('Anna');
    await anna.enter('live');
    await anna.say('one');
    await anna.settles();
    await anna.strip(false);
    anna.wire.line.cut();
    await anna.strip(true);
    await anna.say('two');
    await expect.poll(() => anna.tab.text(it('strip'))).toContain('cannot keep');
    anna.wire.line.mend();
    await anna.settles();
    await anna.strip(false);
    await anna.reads(['one', 'two']);
  });
}

/** The page as an earlier build: the same but for its id. */
const older = (html: string) =>
  html.replace(/(<meta name="madang-page" content=")[^"]*/, '$1of-last-year');

test('an old page at a new gateway reloads once by itself and is new', async ({ arrive }) => {
  const anna = await arrive({
    prepare: (wire) => {
      wire.page = older;
    },
  });
  anna.wire.page = (html) => html;
  await anna.tab.fill('.welcome input[name=name]', 'Anna');
  await anna.tab.click('.welcome button[type=submit]');
  await expect.poll(() => anna.wire.loads).toBe(2);
  await anna.tab.see(it('me'));
  await anna.enter('live');
  await anna.say('new');
  await anna.settles();
  await anna.strip(false);
  expect(anna.wire.loads).toBe(2);
});

for (const [what, first] of [
  ['', ''],
  [', without storage too', NO_STORAGE],
] as const) {
  test(`a page that stays old says so and never loops${what}`, async ({ arrive }) => {
    const anna = await arrive({
      first,
      prepare: (wire) => {
        wire.page = older;
      },
    });
    await anna.tab.fill('.welcome input[name=name]', 'Anna');
    await anna.tab.click('.welcome button[type=submit]');
    await expect.poll(() => anna.wire.loads).toBe(2);
    // What is not kept over the loading has to be told once more.
    if (first !== '') await anna.comeIn('Anna');
    await expect.poll(() => anna.tab.text(it('strip'))).toContain('older than the gateway');
    // It can be used all the same.
    await anna.enter('live');
    await anna.say('old but alive');
    await anna.settles();
    expect(anna.wire.loads).toBe(2);
  });
}

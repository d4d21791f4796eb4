/** What people and strangers put in, and what the page makes of it. */
import { it } from './rig/person';
import { expect, test } from './rig/world';

const AREA = '.composer textarea';
const SEND = '.composer button[type=submit]';

test('100 KB from the clipboard are counted, not sent, and easy to be rid of', async ({
  arrive,
}) => {
  const anna = await arrive();
  await anna.comeIn('Anna');
  await anna.enter('live');
  await anna.write('가나다라 abc '.repeat(10_000));
  await anna.tab.see(it('composer-error'));
  expect(await anna.tab.text(it('composer-error'))).toMatch(/\d/);
  await anna.tab.click(AREA);
  await anna.tab.press('Enter');
  expect(await anna.texts()).toEqual([]);
  await anna.write('short');
  await expect.poll(() => anna.tab.count(it('composer-error'))).toBe(0);
  await anna.tab.click(SEND);
  await anna.settles();
  await anna.reads(['short']);
});

test('the longest message is sent and can be folded, and one character more cannot', async ({
  arrive,
}) => {
  const anna = await arrive();
  await anna.comeIn('Anna');
  await anna.enter('live');
  const longest = '가'.repeat(4_000);
  await anna.write(`${longest}나`);
  await anna.tab.see(it('composer-error'));
  await anna.write(longest);
  await anna.tab.click(SEND);
  await anna.settles();
  await anna.tab.see(it('fold'));
  await anna.tab.click(it('fold'));
  await expect.poll(async () => (await anna.texts())[0]?.length).toBe(4_000);
});

test('markup and script are shown as text, in every field', async ({ arrive }) => {
  const markup = '<img src=x onerror=alert(1)><script>alert(2)</script>\n<b>&amp;</b>';
  const anna = await arrive();
  await anna.comeIn('<i>Anna</i>');
  await anna.enter('<u>room</u>');
  const bob = await arrive({ at: `/#/room/${encodeURIComponent('<u>room</u>')}` });
  await bob.comeInto('Bob');
  await anna.say(markup);
  await bob.reads([markup]);
  await expect.poll(() => bob.tab.texts('.name')).toContain('<i>Anna</i>');
  await bob.back();
  await bob.tab.fill('input[name=room]', '"><script>alert(3)</script>');
  await bob.tab.press('Enter');
  await bob.counts(1);
  for (const { tab } of [anna, bob]) expect(await tab.count('.log img, i, u, b')).toBe(0);
});

for (const hash of [
  '#/room/%3Cscript%3Ealert(1)%3C%2Fscript%3E',
  '#/room/%E0%A4%A',
  '#/room/',
  '#javascript:alert(1)',
  `#/room/${'x'.repeat(5_000)}`,
]) {
  test(`a broken or wicked link does no harm: ${hash.slice(0, 50)}`, async ({ arrive }) => {
    const anna = await arrive({ at: `/${hash}` });
    await anna.tab.fill('.welcome input[name=name]', 'Anna');
    await anna.tab.click('.welcome button[type=submit]');
    await anna.tab.until('she is inside', () => document.querySelector('.welcome') === null);
    expect(await anna.tab.count('script:not([src])')).toBe(0);
    // And from there to a good room.
    await anna.enter('live');
    await anna.say('here');
    await anna.settles();
  });
}

test('only web addresses become links', async ({ arrive, bot }) => {
  const anna = await arrive();
  await anna.comeIn('Anna');
  await anna.enter('live');
  const bob = await bot('Bob');
  await bob.say(
    'live',
    'javascript:alert(1) data:text/html,x file:///etc/passwd JaVaScRiPt://x%0Aalert(1)',
  );
  await bob.say('live', 'see https://example.com/a?b=1#c and http://board.local:8443/.');
  await expect.poll(async () => (await anna.texts()).length).toBe(2);
  const links = await anna.tab.run(() =>
    Array.from(document.querySelectorAll<HTMLAnchorElement>('.log a[href]'), (link) => ({
      href: link.href,
      rel: link.rel,
      target: link.target,
    })),
  );
  expect(links.map(({ href }) => href)).toEqual([
    'https://example.com/a?b=1#c',
    'http://board.local:8443/',
  ]);
  for (const { rel, target } of links) {
    expect(target).toBe('_blank');
    expect(rel).toContain('noopener');
  }
});

test('letters that turn the writing round turn nothing but their own message', async ({
  arrive,
  bot,
}) => {
  const anna = await arrive();
  await anna.comeIn('Anna');
  await anna.enter('live');
  const plain = await bot('Bob');
  await plain.say('live', 'plain');
  const turned = await bot('\u202eyveE');
  await turned.say('live', '\u202egpj.exe \u2067 شكرا');
  await plain.say('live', 'after');
  await anna.hears('after');
  // The name lost its override at the gateway; the message has it, and keeps it to itself.
  const lines = await anna.tab.run((message) => {
    const all = Array.from(document.querySelectorAll<HTMLElement>(message));
    return all.map((line) => {
      const name = line.querySelector('.name')?.getBoundingClientRect();
      const time = line.querySelector('time')?.getBoundingClientRect();
      return { name: name?.left, order: Math.sign((time?.left ?? 0) - (name?.left ?? 0)) };
    });
  }, it('message'));
  expect(lines.length).toBe(3);
  expect(new Set(lines.map(({ name }) => name)).size).toBe(1);
  expect(new Set(lines.map(({ order }) => order)).size).toBe(1);
  expect(await anna.tab.run(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
});

test('towers of combining characters stay inside their own message', async ({ arrive, bot }) => {
  const tower = (letter: string) => letter + '\u0301\u0308\u0323\u20dd'.repeat(190);
  const anna = await arrive();
  await anna.comeIn('Anna');
  await anna.enter('live');
  const bob = await bot('Bob');
  await bob.say('live', 'above');
  await bob.say('live', ['Z', 'a', 'l', 'g', 'o'].map(tower).join(''));
  await bob.say('live', 'below');
  await anna.hears('below');
  // Whatever sticks out of the message is cut off there, not painted over others.
  const clipped = await anna.tab.run((text) => {
    const tall = document.querySelectorAll<HTMLElement>(text)[1];
    for (let at: HTMLElement | null = tall ?? null; at !== null; at = at.parentElement) {
      if (at.tagName === 'OL') return false;
      if (/hidden|clip/.test(getComputedStyle(at).overflowY)) return true;
      if (getComputedStyle(at).contain.includes('paint')) return true;
    }
    return false;
  }, it('text'));
  expect(clipped).toBe(true);
  expect(await anna.inView('above')).toBe(true);
  expect(await anna.tab.run(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
});

for (const [what, name] of [
  ['spaces', '   '],
  ['letters that nobody sees', '\u200b\u2060\u3164'],
] as const) {
  test(`a name of ${what} is asked for again, in words`, async ({ arrive }) => {
    const anna = await arrive();
    await anna.tab.fill('.welcome input[name=name]', name);
    await anna.tab.click('.welcome button[type=submit]');
    await anna.tab.see('.welcome [role=alert]');
    expect(await anna.tab.text('.welcome [role=alert]')).toMatch(/name/i);
    await anna.comeIn('Anna');
  });
}

test('two names that look alike are told apart by a number, and both see who is who', async ({
  arrive,
}) => {
  const latin = await arrive();
  await latin.comeIn('Anna');
  await latin.enter('live');
  const cyrillic = await arrive();
  await cyrillic.comeIn('\u0410nna');
  const name = await cyrillic.tab.text(it('me'));
  expect(name).toMatch(/\u0410nna.*2/);
  await cyrillic.follow('live');
  await latin.say('one');
  await cyrillic.hears('one');
  await cyrillic.say('two');
  await latin.hears('two');
  await expect
    .poll(() => latin.tab.texts('.name'))
    .toContainEqual(expect.stringMatching(/\u0410nna.*2/));
  await expect.poll(() => cyrillic.tab.texts('.name')).toContain('Anna');
});

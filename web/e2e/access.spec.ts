import { expect, test } from './rig/world';

test.use({
  config: `
    [access]
    code = "열려라"
    [access.keys]
    kitchen = "sesame"
  `,
});

test('the entry code and the key of a room are asked for, and remembered while the page lives', async ({
  gateway,
  arrive,
}) => {
  const anna = await arrive();
  const { tab } = anna;
  const alert = (text: string) => expect.poll(() => tab.text('[role=alert]')).toBe(text);
  await tab.fill('.welcome input[name=name]', 'Anna');
  await tab.click('.welcome button[type=submit]');
  await alert('This gateway asks for an entry code.');
  await tab.fill('.welcome input[name=code]', 'wrong');
  await tab.click('.welcome button[type=submit]');
  await alert('That entry code is not right.');
  await anna.comeIn('Anna', '열려라');

  await tab.fill('input[name=room]', 'kitchen');
  await tab.press('Enter');
  await alert('This room is locked.');
  await tab.fill('input[name=key]', 'wrong');
  await tab.click('.lock button[type=submit]');
  await alert('That key is not right.');
  await tab.fill('input[name=key]', 'sesame');
  await tab.click('.lock button[type=submit]');
  await anna.counts(1);
  await anna.say('in');
  await anna.settles();

  await gateway.kill();
  await anna.say('again');
  await gateway.start();
  await anna.settles();
  await anna.reads(['in', 'again']);
});

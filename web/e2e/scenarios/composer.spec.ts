import { it } from '../rig/person';
import { expect, test } from '../rig/world';

const AREA = '.composer textarea';

test('a name that is begun after an @ is offered, and whoever is meant sees it marked', async ({
  arrive,
  stranger,
}) => {
  const chulsoo = await stranger();
  await chulsoo.comeIn('김철수');
  await chulsoo.enter('마당');
  const anna = await arrive();
  await anna.comeIn('Anna');
  await anna.follow('마당');
  await anna.counts(2);
  await anna.tab.click(AREA);
  await anna.tab.type('안녕 @김');
  await anna.tab.click('.composer [role=listbox] [role=option]');
  await expect.poll(async () => (await anna.tab.value(AREA))?.trim()).toBe('안녕 @김철수');
  await anna.tab.click('.composer button[type=submit]');
  await anna.settles();
  await chulsoo.hears((await anna.texts()).at(-1) ?? '');
  expect(await chulsoo.tab.texts('mark.mention')).toEqual(['@김철수']);
});

/*
 * Only Chromium can be made to compose by itself (korean.spec.ts does it). Here every engine gets
 * the events of a composition as browsers send them, made by a script: it shows that the page
 * takes them rightly, not that the engine sends them so.
 */
for (const order of ['Enter, then the end', 'the end, then Enter with 229'] as const) {
  test(`Enter within a composition never sends (${order})`, async ({ arrive }) => {
    const anna = await arrive();
    await anna.comeIn('Anna');
    await anna.enter('live');
    await anna.tab.click(AREA);
    await anna.tab.run(compose, AREA, '안녕', order === 'Enter, then the end');
    expect(await anna.tab.value(AREA)).toBe('안녕');
    await anna.tab.click('.composer button[type=submit]');
    await anna.settles();
    await anna.reads(['안녕']);
    expect(await anna.tab.value(AREA)).toBe('');
  });
}

test('text in many lines goes out as it was written', async ({ arrive }) => {
  const anna = await arrive();
  await anna.comeIn('Anna');
  await anna.enter('live');
  await anna.tab.click(AREA);
  await anna.tab.type('first');
  await anna.tab.press('Enter', { shift: true });
  await anna.tab.type('second');
  await anna.tab.click('.composer button[type=submit]');
  await anna.reads(['first\nsecond']);
  await anna.settles();
  expect(await anna.tab.count(`${it('message')}[data-seq]`)).toBe(1);
});

/** Composes a text and confirms it by Enter, in the order of Chromium and Firefox or of Safari. */
function compose(selector: string, text: string, enterFirst: boolean): void {
  const area = document.querySelector<HTMLTextAreaElement>(selector);
  if (area === null) throw new Error('there is no field');
  const key = (isComposing: boolean) => {
    const event = new KeyboardEvent('keydown', {
      key: 'Enter',
      code: 'Enter',
      bubbles: true,
      cancelable: true,
      isComposing,
    });
    // Not every engine takes it from the constructor.
    Object.defineProperty(event, 'keyCode', { value: 229 });
    return event;
  };
  area.dispatchEvent(new CompositionEvent('compositionstart', { bubbles: true }));
  area.value = text;
  area.dispatchEvent(new CompositionEvent('compositionupdate', { bubbles: true, data: text }));
  area.dispatchEvent(new InputEvent('input', { bubbles: true, data: text, isComposing: true }));
  if (enterFirst) area.dispatchEvent(key(true));
  area.dispatchEvent(new CompositionEvent('compositionend', { bubbles: true, data: text }));
  if (!enterFirst) area.dispatchEvent(key(false));
  area.dispatchEvent(new KeyboardEvent('keyup', { key: 'Enter', code: 'Enter', bubbles: true }));
}

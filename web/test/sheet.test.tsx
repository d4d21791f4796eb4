// @vitest-environment jsdom
import { signal } from '@preact/signals';
import { render } from 'preact';
import { act } from 'preact/test-utils';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { createSettings } from '../src/state/settings';
import { createApp, Provide } from '../src/views/context';
import { Sheet } from '../src/views/Sheet';
import { withDialogs } from './dialog';

const settings = createSettings(() => localStorage);
const app = createApp({ model: {} as never, route: {} as never, settings }, ['en']);
const open = signal(false);
let closings = 0;

function Page() {
  return (
    <Provide value={app}>
      <button id="opener">open</button>
      {open.value && (
        <Sheet
          id="sheet"
          title="Title"
          onClose={() => {
            closings += 1;
            open.value = false;
          }}
        >
          <button id="first">first</button>
        </Sheet>
      )}
    </Provide>
  );
}

const element = (selector: string) => {
  const found = document.querySelector<HTMLElement>(selector);
  if (found === null) throw new Error(`nothing is ${selector}`);
  return found;
};
const show = async () => {
  element('#opener').focus();
  await act(() => {
    open.value = true;
  });
};
const press = (target: Element) =>
  act(() => {
    target.dispatchEvent(new Event('pointerdown', { bubbles: true }));
    target.dispatchEvent(new Event('click', { bubbles: true }));
  });

beforeEach(async () => {
  withDialogs();
  closings = 0;
  await act(() => {
    render(<Page />, document.body);
  });
});
afterEach(() => {
  open.value = false;
  render(null, document.body);
});

test('a sheet opens modally, with the focus on what it is for, and has a name', async () => {
  await show();
  const dialog = element('dialog') as HTMLDialogElement;
  expect(dialog.open).toBe(true);
  expect(document.activeElement?.id).toBe('first');
  const name = dialog.getAttribute('aria-labelledby') ?? '';
  expect(document.getElementById(name)?.textContent).toBe('Title');
});

test('its button closes it once, and the focus goes back to who opened it', async () => {
  await show();
  await press(element('[data-testid=close]'));
  expect(document.querySelector('dialog')).toBeNull();
  expect(closings).toBe(1);
  expect(document.activeElement?.id).toBe('opener');
});

test('a press beside it closes it, one inside does not', async () => {
  await show();
  await press(element('dialog h2'));
  expect(document.querySelector('dialog')).not.toBeNull();
  await press(element('dialog'));
  expect(document.querySelector('dialog')).toBeNull();
});

test('a selection that begins inside and ends beside does not close it', async () => {
  await show();
  element('h2').dispatchEvent(new Event('pointerdown', { bubbles: true }));
  await act(() => {
    element('dialog').dispatchEvent(new Event('click', { bubbles: true }));
  });
  expect(document.querySelector('dialog')).not.toBeNull();
});

test('a sheet that is taken away asks nobody to close it', async () => {
  await show();
  await act(() => {
    open.value = false;
  });
  expect(closings).toBe(0);
  expect(document.activeElement?.id).toBe('opener');
});

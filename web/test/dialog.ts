/** What jsdom lacks of `<dialog>`: opening and closing, without the top layer. */
import { vi } from 'vitest';

export function withDialogs(): void {
  const prototype = HTMLDialogElement.prototype;
  Object.assign(prototype, {
    showModal: vi.fn(function (this: HTMLDialogElement) {
      this.open = true;
      this.querySelector<HTMLElement>('button, input, select')?.focus();
    }),
    close: vi.fn(function (this: HTMLDialogElement) {
      if (!this.open) return;
      this.open = false;
      this.dispatchEvent(new Event('close'));
    }),
  });
}

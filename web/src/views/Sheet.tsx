/**
 * A native dialog: on a phone it rises from the lower edge, elsewhere it stands in the middle. It
 * closes by Esc, by its button and by a press beside it, and the focus returns to where it was.
 * What it holds is there only while it is open.
 */
import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';

import { useApp } from './context';

interface Props {
  readonly title: ComponentChildren;
  /** For tests. */
  readonly id?: string;
  /** The sheet wants to close: whoever shows it takes it away. */
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

export function Sheet({ title, id, onClose, children }: Props) {
  const { strings } = useApp();
  const box = useRef<HTMLDialogElement>(null);
  const name = useId();
  const outside = useRef(false);
  const close = useRef(onClose);
  close.current = onClose;
  useLayoutEffect(() => {
    const dialog = box.current;
    if (dialog === null) return undefined;
    const opener = document.activeElement;
    const closed = () => {
      close.current();
    };
    dialog.addEventListener('close', closed);
    dialog.showModal();
    return () => {
      // Taken away: another sheet may stand in its place already, which this one must not close.
      dialog.removeEventListener('close', closed);
      dialog.close();
      if (opener instanceof HTMLElement) opener.focus({ preventScroll: true });
    };
  }, []);
  return (
    <dialog
      ref={box}
      class="sheet"
      data-testid={id}
      aria-labelledby={name}
      onPointerDown={(event) => {
        outside.current = event.target === event.currentTarget;
      }}
      onClick={(event) => {
        // A selection of text that ends beside the sheet is no press beside it.
        if (outside.current && event.target === event.currentTarget) event.currentTarget.close();
      }}
    >
      <h2 id={name}>{title}</h2>
      <div class="sheet-body">{children}</div>
      {/* Last, so that the focus begins with what the sheet is for. */}
      <button
        type="button"
        class="sheet-close plain"
        data-testid="close"
        aria-label={strings.say('close')}
        onClick={() => {
          box.current?.close();
        }}
      >
        ✕
      </button>
    </dialog>
  );
}

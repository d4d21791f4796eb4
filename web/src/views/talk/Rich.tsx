/** The text of a message as elements and text, never as markup; long ones folded. */
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

import { fold } from '../../state/fold';
import { fold as spelling } from '../../state/mention';
import { isEmoji, rich, type Piece } from '../../state/rich';
import type { Ui } from './Line';

interface Props {
  readonly text: string;
  /** What stands in the corner behind it. */
  readonly time: string | undefined;
  readonly ui: Ui;
}

export function Rich({ text, time, ui }: Props) {
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const pieces = rich(text, text.includes('@') ? ui.names() : []);
  const short = fold(pieces);
  useLayoutEffect(() => {
    ui.grown();
  }, [open, ui]);
  const shown = open ? pieces : (short ?? pieces);
  return (
    <>
      <div
        ref={box}
        class={isEmoji(text) ? 'text emoji' : 'text'}
        dir="auto"
        data-testid="text"
        data-time={time}
      >
        {shown.map((piece) => draw(piece, ui))}
        {short !== undefined && !open && '…'}
      </div>
      {short !== undefined && (
        <button
          type="button"
          class="fold plain"
          tabIndex={-1}
          data-testid="fold"
          aria-expanded={open}
          onClick={() => {
            const line = box.current?.closest('.line');
            if (line != null) ui.hold(line);
            setOpen(!open);
          }}
        >
          {ui.strings.say(open ? 'fold_less' : 'fold_more')}
        </button>
      )}
    </>
  );
}

function draw(piece: Piece, ui: Ui) {
  const { kind, text } = piece;
  switch (kind) {
    case 'text':
      return text;
    case 'link':
      return (
        <a href={piece.href} target="_blank" rel="noopener noreferrer" tabIndex={-1}>
          {text}
        </a>
      );
    case 'mention': {
      const isMe = ui.me !== undefined && spelling(piece.name) === spelling(ui.me.name);
      return <mark class={isMe ? 'mention to-me' : 'mention'}>{text}</mark>;
    }
    case 'code':
      return <code>{text}</code>;
    case 'block':
      return (
        <pre>
          <code>{text}</code>
        </pre>
      );
  }
}

/** What can be done with a message, and how it stands with it. */
import { useState } from 'preact/hooks';

import type { Row } from '../../state/rows';
import { plain } from '../../state/text';
import { messageStrings } from '../../strings/message';
import { copy } from './copy';
import type { Ui } from './Line';
import { Sheet } from '../Sheet';

interface Props {
  readonly row: Row;
  readonly ui: Ui;
  /** `then` is done when the sheet is gone. */
  readonly close: (then?: () => void) => void;
}

/** How long it is said that the text was copied. */
const CONFIRM_MS = 900;

export function Actions({ row, ui, close }: Props) {
  const { say, why } = ui.strings;
  const tell = messageStrings(ui.strings);
  const [copied, setCopied] = useState<'copied' | 'copy_failed'>();
  const { message, seq, draft, state, at } = row;
  if (message === undefined) return null;
  const answers = message.reply_to;
  const choice = (id: string, glyph: string, words: string, act: () => void) => (
    <button type="button" data-testid={id} onClick={act}>
      <span aria-hidden="true">{glyph}</span>
      {words}
    </button>
  );
  const done = (act: () => void) => () => {
    close(act);
  };
  const copyText = async (event: { currentTarget: EventTarget }) => {
    const host = (event.currentTarget as Element).parentElement ?? document.body;
    setCopied((await copy(plain(message), host)) ? 'copied' : 'copy_failed');
    setTimeout(close, CONFIRM_MS);
  };
  return (
    <Sheet
      id="actions"
      title={<bdi>{row.mine ? say('you') : message.from?.name}</bdi>}
      onClose={close}
    >
      <blockquote class="excerpt" dir="auto">
        {plain(message).slice(0, EXCERPT)}
      </blockquote>
      <p class="quiet">
        {at !== undefined && <time>{ui.calendar.full(at)}</time>}
        {at === undefined && seq !== undefined && tell('time_unknown')}
        {state !== undefined && (
          <span class="explained">
            {state === 'failed'
              ? say('state_failed', { why: draft?.error ? why(draft.error) : '' })
              : tell(`explain_${state}`)}
          </span>
        )}
      </p>
      <div class="choices">
        {draft?.state === 'failed' &&
          choice(
            'retry',
            '↻',
            tell('retry'),
            done(() => {
              ui.model.retry(ui.room, draft.id);
            }),
          )}
        {seq !== undefined &&
          choice(
            'reply',
            '↩',
            say('reply'),
            done(() => {
              ui.answer(row);
            }),
          )}
        <button
          type="button"
          data-testid="copy"
          onClick={(event) => {
            void copyText(event);
          }}
        >
          <span aria-hidden="true">⧉</span>
          <span role="status">{tell(copied ?? 'copy')}</span>
        </button>
        {answers !== undefined &&
          choice(
            'original',
            '↑',
            tell('original'),
            done(() => {
              ui.jump(answers);
            }),
          )}
        {draft?.state === 'failed' &&
          choice(
            'discard',
            '✕',
            tell('discard'),
            done(() => {
              ui.model.discard(ui.room, draft.id);
            }),
          )}
      </div>
    </Sheet>
  );
}

const EXCERPT = 240;

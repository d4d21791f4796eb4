/** What can be done with a message, and how it stands with it. */
import { useEffect, useState } from 'preact/hooks';

import type { Row } from '../../state/rows';
import { plain } from '../../state/text';
import { messageStrings } from '../../strings/message';
import { copy } from './copy';
import type { Ui } from './Line';
import { Icon } from '../Icon';
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
  useEffect(() => {
    if (copied === undefined) return undefined;
    // Not when it was closed before: there may be another one by then.
    const timer = setTimeout(close, CONFIRM_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [copied]);
  const { message, seq, draft, state, at, about } = row;
  if (message === undefined) return null;
  const answers = message.reply_to;
  const choice = (id: string, path: string, words: string, act: () => void) => (
    <button type="button" data-testid={id} onClick={act}>
      <Icon path={path} />
      {words}
    </button>
  );
  const done = (act: () => void) => () => {
    close(act);
  };
  const copyText = async (event: { currentTarget: EventTarget }) => {
    const host = (event.currentTarget as Element).parentElement ?? document.body;
    setCopied((await copy(plain(message), host)) ? 'copied' : 'copy_failed');
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
        {about !== undefined && tell('time_about').replace('{time}', ui.calendar.full(about))}
        {(at ?? about) === undefined && seq !== undefined && tell('time_unknown')}
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
            RETRY,
            tell('retry'),
            done(() => {
              ui.model.retry(ui.room, draft.id);
            }),
          )}
        {seq !== undefined &&
          choice(
            'reply',
            REPLY,
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
          <Icon path={COPY} />
          <span role="status">{tell(copied ?? 'copy')}</span>
        </button>
        {answers !== undefined &&
          choice(
            'original',
            UP,
            tell('original'),
            done(() => {
              ui.jump(answers);
            }),
          )}
        {draft?.state === 'failed' &&
          choice(
            'discard',
            DISCARD,
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

const REPLY = 'M9.5 6L4 11.5 9.5 17M4 11.5h9c4 0 6.5 2 7 6.5';
const COPY = 'M9 9h11v11H9zM5 15H4V4h11v1';
const UP = 'M12 19.5V5M6 11l6-6 6 6';
const RETRY = 'M19.5 12a7.5 7.5 0 1 1-2.2-5.3L20 9.5M20 4.5v5h-5';
const DISCARD = 'M6 6l12 12M18 6L6 18';

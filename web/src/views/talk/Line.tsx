/**
 * One message, with what stands before it (a new day, the place where one left off). Text goes in
 * as text only. A line is drawn anew only when its row says something else.
 */
import type { ReadonlySignal } from '@preact/signals';
import { Component, Fragment } from 'preact';
import { useState } from 'preact/hooks';

import type { Person } from '../../connection/wire';
import type { Calendar } from '../../state/calendar';
import type { Model } from '../../state/model';
import type { Block, Row } from '../../state/rows';
import { plain } from '../../state/text';
import { tint } from '../../state/tint';
import type { Strings } from '../../strings';
import { messageStrings } from '../../strings/message';
import { Rich } from './Rich';

/** What lines need of the log; the same object as long as nothing of it changes. */
export interface Ui {
  readonly model: Model;
  readonly room: string;
  readonly me: Person | undefined;
  readonly strings: Strings;
  readonly calendar: Calendar;
  readonly today: ReadonlySignal<number>;
  /** Those who may be mentioned. */
  readonly names: () => readonly string[];
  readonly act: (row: Row) => void;
  readonly answer: (row: Row) => void;
  readonly jump: (seq: number) => void;
  /** A line is about to grow. */
  readonly hold: (line: Element) => void;
  readonly grown: () => void;
}

interface LinesProps {
  readonly block: Block;
  readonly ui: Ui;
}

export class Lines extends Component<LinesProps> {
  override shouldComponentUpdate(next: LinesProps): boolean {
    return next.block !== this.props.block || next.ui !== this.props.ui;
  }

  override render({ block, ui }: LinesProps) {
    return (
      <ol>
        {block.rows.map((row) => (
          <Entry key={row.key} row={row} ui={ui} />
        ))}
      </ol>
    );
  }
}

interface LineProps {
  readonly row: Row;
  readonly ui: Ui;
}

class Entry extends Component<LineProps> {
  override shouldComponentUpdate(next: LineProps): boolean {
    return next.row !== this.props.row || next.ui !== this.props.ui;
  }

  override render({ row, ui }: LineProps) {
    return (
      <Fragment>
        {row.begins && row.on !== undefined && <Day day={row.on} ui={ui} />}
        {row.fresh && (
          <li class="fresh" data-testid="new">
            <span>{ui.strings.say('new')}</span>
          </li>
        )}
        {row.kind === 'message' ? (
          <Line row={row} ui={ui} />
        ) : (
          <li class="remark">{ui.strings.say(row.kind)}</li>
        )}
      </Fragment>
    );
  }
}

function Day({ day, ui }: { day: number; ui: Ui }) {
  return (
    <li class="day" data-testid="day">
      <span>{ui.calendar.name(day, ui.today.value)}</span>
    </li>
  );
}

function Line({ row, ui }: LineProps) {
  const { message, first, mine, seq, draft } = row;
  const { say } = ui.strings;
  if (message === undefined) return null;
  const name = message.from?.name ?? '';
  const failed = draft?.state === 'failed';
  const { at = row.about } = row;
  const unsure = row.at === undefined ? '~' : '';
  const time = at === undefined ? '' : unsure + ui.calendar.time(at);
  const kinds = `${mine ? ' mine' : ''}${first ? ' first' : ''}`;
  return (
    <li
      class={`line${kinds}${failed ? ' failed' : ''}`}
      style={mine ? {} : tinted(name)}
      data-testid="message"
      data-seq={seq}
      tabIndex={-1}
      onClick={(event) => {
        if (isPressed(event)) ui.act(row);
      }}
      onKeyDown={(event) => {
        if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey) return;
        if (event.key === 'Enter') ui.act(row);
        else if (event.code === 'KeyR' && seq !== undefined) ui.answer(row);
        else return;
        event.preventDefault();
      }}
    >
      {first && !mine && (
        <span class="avatar" aria-hidden="true">
          {initial(name)}
        </span>
      )}
      <div class="bubble">
        {mine ? (
          <span class="sr">{say('you')}: </span>
        ) : (
          <p class={first ? 'name' : 'sr'}>
            <bdi>{name}</bdi>
          </p>
        )}
        {message.reply_to !== undefined && <Quote seq={message.reply_to} ui={ui} />}
        <div class="said">
          <Rich text={plain(message)} time={failed ? undefined : time} ui={ui} />
          {!failed && <Meta row={row} time={time} ui={ui} />}
        </div>
        {failed && (
          <button
            type="button"
            class="state plain"
            tabIndex={-1}
            data-testid="state"
            data-state="failed"
            onClick={() => {
              ui.model.retry(ui.room, draft.id);
            }}
          >
            {say('state_failed', { why: draft.error ? ui.strings.why(draft.error) : '' })}{' '}
            <b>{say('send_again')}</b>
          </button>
        )}
      </div>
      <span class="tools">
        {seq !== undefined && (
          <button
            type="button"
            class="plain reply"
            tabIndex={-1}
            aria-label={say('reply')}
            onClick={() => {
              ui.answer(row);
            }}
          >
            {REPLY}
          </button>
        )}
        <button
          type="button"
          class="plain"
          tabIndex={-1}
          data-testid="more"
          aria-label={say('actions')}
          aria-haspopup="dialog"
          onClick={() => {
            ui.act(row);
          }}
        >
          ⋯
        </button>
      </span>
    </li>
  );
}

function Meta({ row, time, ui }: LineProps & { readonly time: string }) {
  const { at, about, state } = row;
  return (
    <p class="meta">
      {at !== undefined && <time dateTime={new Date(at).toISOString()}>{time}</time>}
      {about !== undefined && (
        <span data-testid="unsure">
          <span aria-hidden="true">~</span>
          <span class="sr">{messageStrings(ui.strings)('about')} </span>
          {time.slice(1)}
        </span>
      )}
      {state !== undefined && (
        <span class="state" data-testid="state" data-state={state}>
          <span class="sr">{ui.strings.say(`state_${state}`)}</span>
        </span>
      )}
    </p>
  );
}

/** What a message answers; leads to it. */
function Quote({ seq, ui }: { seq: number; ui: Ui }) {
  const [original] = useState(() => ui.model.original(ui.room, seq));
  const message = original.value;
  const name = message?.from.name ?? '';
  return (
    <button
      type="button"
      class="quote"
      style={tinted(name)}
      tabIndex={-1}
      data-testid="quote"
      disabled={message === null}
      onClick={() => {
        ui.jump(seq);
      }}
    >
      <bdi class="who">{name}</bdi>
      <span class="what" dir="auto">
        {message === null
          ? ui.strings.say('original_gone')
          : message === undefined
            ? '…'
            : plain(message).slice(0, QUOTED)}
      </span>
    </button>
  );
}

/** As a letter, not as a picture. */
const REPLY = '↩\uFE0E';

/** Characters of a quoted message: more than two lines hold. */
const QUOTED = 200;

/** In the colour of this name. */
function tinted(name: string) {
  return { '--tint': `var(--tint-${tint(name)})` };
}

/** The first character of a name, whatever it takes to write it. */
function initial(name: string): string {
  return String.fromCodePoint(name.codePointAt(0) ?? 32).toUpperCase();
}

/**
 * Whether a press on a line means the line: on touch, and neither a link nor a button nor the end
 * of a selection.
 */
function isPressed({ target }: MouseEvent): boolean {
  if (!(target instanceof Element) || target.closest('a, button') !== null) return false;
  return matchMedia('(hover: none)').matches && document.getSelection()?.isCollapsed !== false;
}

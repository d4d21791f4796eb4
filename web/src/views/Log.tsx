/**
 * What is said in a room, each line once: the messages, remarks where some are missing, and at the
 * end what is still waiting to be sent. Text goes in as text only.
 */
import { useMemo, useRef } from 'preact/hooks';

import type { ChannelView } from '../connection/channel';
import type { Draft } from '../connection/outbox';
import { key, type Entry } from '../connection/timeline';
import type { Message } from '../connection/wire';
import { plain } from '../state/text';
import { useApp } from './context';
import { useStick } from './stick';

export function Log({ view }: { view: ChannelView }) {
  const { model, strings } = useApp();
  const box = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLOListElement>(null);
  useStick(box, list);
  const me = model.me.value?.id;
  const { room, entries, drafts } = view;
  const lines = useMemo(() => {
    // A message that came back before its acknowledgement is shown at its place, with its state.
    const own = new Map(drafts.map((draft) => [draft.id, draft]));
    const shown = entries.map((entry) => {
      if (entry.kind !== 'message') return <Remark key={entry.seq} kind={entry.kind} />;
      const { message } = entry;
      const mine = message.from.id === me;
      const draft = mine ? own.get(message.id) : undefined;
      if (draft !== undefined) own.delete(draft.id);
      return <Line key={key(message)} message={message} mine={mine} draft={draft} room={room} />;
    });
    for (const draft of own.values()) {
      shown.push(
        <Line key={`${me ?? ''}\n${draft.id}`} message={draft} mine draft={draft} room={room} />,
      );
    }
    return shown;
  }, [entries, drafts, me, room]);
  return (
    <div
      class="log"
      role="log"
      tabIndex={0}
      aria-label={strings.say('messages', { room })}
      aria-busy={view.phase === 'catching-up'}
      ref={box}
    >
      {lines.length === 0 && view.phase === 'live' && (
        <p class="quiet">{strings.say('messages_none')}</p>
      )}
      <ol ref={list}>{lines}</ol>
    </div>
  );
}

function Remark({ kind }: { kind: Exclude<Entry['kind'], 'message'> }) {
  const { strings } = useApp();
  return <li class="remark">{strings.say(kind)}</li>;
}

interface LineProps {
  readonly message: Pick<Message, 'id' | 'text' | 'at'> & Partial<Message>;
  readonly mine: boolean;
  readonly draft: Draft | undefined;
  readonly room: string;
}

function Line({ message, mine, draft, room }: LineProps) {
  const { clock } = useApp();
  const time = message.from === undefined ? '' : clock(message.at);
  return (
    <li class={mine ? 'line mine' : 'line'} data-testid="message">
      <p class="by">
        {!mine && <bdi class="name">{message.from?.name}</bdi>}
        {time !== '' && <time dateTime={new Date(message.at).toISOString()}>{time}</time>}
      </p>
      <p class="text" dir="auto" data-testid="text">
        {plain(message)}
      </p>
      {draft !== undefined && <State draft={draft} room={room} />}
    </li>
  );
}

function State({ draft, room }: { draft: Draft; room: string }) {
  const { model, strings } = useApp();
  const { say } = strings;
  if (draft.state !== 'failed') {
    return (
      <p class="state" data-testid="state">
        {say(`state_${draft.state}`)}
      </p>
    );
  }
  return (
    <div class="state error" data-testid="state">
      {say('state_failed', { why: draft.error === undefined ? '' : strings.why(draft.error) })}
      <button
        type="button"
        class="plain"
        onClick={() => {
          model.retry(room, draft.id);
        }}
      >
        {say('try_again')}
      </button>
      <button
        type="button"
        class="plain"
        onClick={() => {
          model.discard(room, draft.id);
        }}
      >
        {say('discard')}
      </button>
    </div>
  );
}

/**
 * What is said in a room: the messages, remarks where some are missing, and at the end what is
 * still waiting to be sent. Here the reader's place, the announcing of what is new and the keyboard
 * come together; a single message is a `Line`.
 */
import { useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';

import type { ChannelView } from '../../connection/channel';
import { calendar } from '../../state/calendar';
import { desk } from '../../state/desk';
import { Rows, type Row } from '../../state/rows';
import { spotlight } from '../../state/spotlight';
import { useApp } from '../context';
import { Actions } from './Actions';
import { Lines, type Ui } from './Line';
import { Rove } from './rove';
import { Scroll } from './scroll';
import { useAnnounce } from './announce';

/** From so many lines on, blocks of them that are out of sight are not laid out. */
const MANY = 1_000;
/** How long the message that one was led to stands out. */
const LIT_MS = 2_000;
/** Pause before the same page is asked for again without any scrolling. */
const AGAIN_MS = 3_000;
const MINUTE_MS = 60_000;

export function Log({ view }: { view: ChannelView }) {
  const { model, strings } = useApp();
  const { say } = strings;
  const { room, entries, drafts, detached, older, newer, arrived } = view;
  const me = model.me.value;
  const box = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const scrolling = useRef<Scroll>(undefined);
  const roving = useRef<Rove>(undefined);
  const rows = useRef<Rows>(undefined);
  rows.current ??= new Rows();
  /** Where the reader left off, and how many had arrived when everything was seen. */
  const left = useRef(view.readTo);
  const seen = useRef(arrived);
  const heard = useRef(arrived);
  const asked = useRef({ edge: '', at: 0 });
  const [atEnd, setAtEnd] = useState(true);
  const [acting, setActing] = useState<Row>();
  const [, redraw] = useState(0);
  const afterwards = useRef<() => void>(undefined);

  const days = useMemo(
    () => calendar(strings.language, { today: say('today'), yesterday: say('yesterday') }),
    [strings],
  );
  const today = useSignal(days.day(model.now()));

  // What comes live before the reader's eyes is never new to them.
  const watching = atEnd && !detached && document.visibilityState === 'visible';
  const newest = entries[entries.length - 1]?.seq;
  if (arrived > heard.current && watching && rows.current.fresh === undefined) {
    left.current = newest ?? left.current;
  }
  // On the first visit one leaves off where one began to read.
  left.current ??= view.readTo;
  if (watching) seen.current = arrived;
  useAnnounce(box, view, arrived > heard.current && view.phase === 'live' && !detached);
  heard.current = arrived;

  const blocks = useMemo(
    () =>
      rows.current?.make({
        entries,
        drafts: detached ? [] : drafts,
        me: me?.id,
        left: left.current,
        now: model.now(),
        day: days.day,
      }) ?? [],
    [entries, drafts, detached, me?.id, left.current, days],
  );

  const ui = useMemo(
    (): Ui => ({
      model,
      room,
      me,
      strings,
      calendar: days,
      today,
      names: () => [
        ...(me ? [me.name] : []),
        ...model
          .members(room)
          .peek()
          .map(({ name }) => name),
      ],
      act: setActing,
      answer: ({ message }) => {
        const { from, seq, at } = message ?? {};
        if (from === undefined || seq === undefined || at === undefined) return;
        desk(room).answering.value = { room, ...message, from, seq, at, id: message?.id ?? '' };
      },
      jump: (seq) => {
        void model.show(room, seq).then((found) => {
          if (found) spotlight.value = { room, seq };
        });
      },
      hold: (line) => scrolling.current?.hold(line),
      grown: () => scrolling.current?.settle(),
    }),
    [model, room, me?.id, me?.name, strings, days],
  );

  /** The reader has moved, or there is more to see. */
  const look = (scrolled: boolean) => {
    const scroll = scrolling.current;
    if (scroll === undefined) return;
    const place = scroll.look();
    setAtEnd(place.atEnd);
    const edge = (way: 'older' | 'newer', from: number | undefined) => {
      const wanted = `${way}${from ?? ''}`;
      const now = Date.now();
      if (wanted === asked.current.edge && !(scrolled && now > asked.current.at + AGAIN_MS)) return;
      asked.current = { edge: wanted, at: now };
      void model[way](room).catch(() => undefined);
    };
    if (place.nearTop && older === 'some') edge('older', entries[0]?.seq);
    if (detached && place.nearEnd && newer === 'some') edge('newer', newest);
    if (document.visibilityState !== 'visible') return;
    const last = place.atEnd ? newest : Number(place.last?.dataset.seq);
    if (last !== undefined && last > (view.readTo ?? 0)) model.read(room, Math.floor(last));
  };
  const looking = useRef(look);
  looking.current = look;

  useLayoutEffect(() => {
    const [outer, inner] = [box.current, list.current];
    if (outer === null || inner === null) return undefined;
    const scroll = (scrolling.current = new Scroll(outer, inner));
    const rove = (roving.current = new Rove(outer, inner));
    rove.settle();
    const scrolled = () => {
      looking.current(true);
    };
    const shown = () => {
      if (document.visibilityState !== 'visible') return;
      today.value = days.day(model.now());
      left.current = model.open(room).peek().readTo;
      redraw((count) => count + 1);
    };
    const resized = new ResizeObserver(() => {
      scroll.settle();
    });
    resized.observe(outer);
    resized.observe(inner);
    const clock = setInterval(() => {
      today.value = days.day(model.now());
    }, MINUTE_MS);
    outer.addEventListener('scroll', scrolled, { passive: true });
    document.addEventListener('visibilitychange', shown);
    return () => {
      outer.removeEventListener('scroll', scrolled);
      document.removeEventListener('visibilitychange', shown);
      clearInterval(clock);
      rove.end();
      resized.disconnect();
    };
  }, [room, days]);

  const lastDraft = drafts[drafts.length - 1]?.id;
  const sent = useRef(drafts);
  useLayoutEffect(() => {
    // Who has said something wants to see it. (One that is last again, as those behind it have
    // been taken, was said before.)
    if (lastDraft !== undefined && !sent.current.some(({ id }) => id === lastDraft)) {
      if (detached) model.latest(room);
      scrolling.current?.toEnd();
    }
    sent.current = drafts;
    scrolling.current?.settle();
    roving.current?.settle();
    // In the next frame, in which all is laid out anyway.
    const frame = requestAnimationFrame(() => {
      looking.current(false);
    });
    return () => {
      cancelAnimationFrame(frame);
    };
  }, [blocks, lastDraft, older, newer, detached]);

  const lit = spotlight.value;
  useLayoutEffect(() => {
    if (lit?.room !== room) return undefined;
    const found = entries.find(({ kind, seq }) => kind === 'message' && seq >= lit.seq);
    const line = list.current?.querySelector<HTMLElement>(`[data-seq="${found?.seq ?? ''}"]`);
    if (line == null) return undefined;
    spotlight.value = undefined;
    scrolling.current?.reveal(line, 'center');
    line.focus({ preventScroll: true });
    looking.current(true);
    line.dataset.lit = '';
    setTimeout(() => {
      delete line.dataset.lit;
    }, LIT_MS);
    return undefined;
  }, [lit, blocks]);

  useEffect(() => {
    if (acting !== undefined) return;
    const act = afterwards.current;
    afterwards.current = undefined;
    act?.();
  }, [acting]);

  const toEnd = () => {
    const scroll = scrolling.current;
    const fresh = list.current?.querySelector('.fresh');
    const end = box.current?.getBoundingClientRect().bottom ?? 0;
    if (!detached && fresh != null && fresh.getBoundingClientRect().top > end) {
      scroll?.reveal(fresh, 'start');
      looking.current(true);
    } else {
      if (detached) model.latest(room);
      scroll?.toEnd();
      looking.current(true);
    }
    roving.current?.toNewest();
  };
  const unseen = arrived - seen.current;

  return (
    <div class="log-pane">
      <div
        class="log"
        role="log"
        aria-label={say('messages', { room })}
        aria-busy={view.phase === 'catching-up'}
        ref={box}
        tabIndex={0}
        onKeyDown={(event) => {
          const line = (event.target as Element).closest<HTMLElement>('.line');
          if (line === null || event.altKey || event.ctrlKey || event.metaKey) return;
          if (event.key === 'Escape') focusField(box.current);
          else if (roving.current?.key(event.key, line) !== true) return;
          event.preventDefault();
        }}
      >
        <div ref={list} class={entries.length > MANY ? 'lines many' : 'lines'}>
          <p class="edge">
            {older === 'loading' && say('loading')}
            {older === 'none' && entries[0]?.kind === 'message' && say('beginning')}
            {entries.length === 0 &&
              view.phase === 'live' &&
              older === 'none' &&
              say('messages_none')}
          </p>
          {blocks.map((block) => (
            <Lines key={block.key} block={block} ui={ui} />
          ))}
        </div>
      </div>
      {(detached || !atEnd) && (
        <button type="button" class="latest" data-testid="latest" onClick={toEnd}>
          <span aria-hidden="true">↓ </span>
          {unseen > 0 ? strings.count('unseen', unseen) : <span class="sr">{say('latest')}</span>}
        </button>
      )}
      {acting !== undefined && (
        <Actions
          row={acting}
          ui={ui}
          close={(then) => {
            afterwards.current = then;
            setActing(undefined);
          }}
        />
      )}
    </div>
  );
}

function focusField(log: Element | null): void {
  log?.closest('.room')?.querySelector<HTMLElement>('.composer textarea')?.focus();
}

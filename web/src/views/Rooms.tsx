/** The list of rooms with what is new in them, a field to find or make one, and who we are. */
import { useMemo, useState } from 'preact/hooks';

import { isListed, lobby, type Listed } from '../state/lobby';
import type { Unread } from '../state/model';
import { tidyName } from '../state/text';
import { brief } from '../state/time';
import { useApp } from './context';
import { Icon, KEY, PERSON } from './Icon';
import { Me } from './Me';
import { memo } from './memo';
import { Tile } from './Tile';
import { field } from './Welcome';

export function Rooms() {
  const { model, route, strings } = useApp();
  const { say } = strings;
  const [sought, seek] = useState('');
  const rooms = model.rooms.value;
  const joined = model.joined.value;
  const shown = useMemo(() => lobby(rooms, joined, sought), [rooms, joined, sought]);
  const unread = model.unread.value;
  const go = (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const name = tidyName(field(new FormData(form), 'room'));
    if (name === '') return;
    form.reset();
    seek('');
    route.go(name);
  };
  const list = (all: readonly Listed[]) => (
    <ul>
      {all.map((room) => (
        <Item
          key={room.name}
          name={room.name}
          count={room.count ?? 0}
          locked={room.locked === true}
          at={room.last_at ?? 0}
          by={room.last?.name}
          text={room.last?.text}
          unread={unread.get(room.name)?.count ?? 0}
          mentions={unread.get(room.name)?.mentions ?? 0}
          current={route.room.value === room.name}
        />
      ))}
    </ul>
  );
  const { mine, others } = shown;
  return (
    <nav class="rooms" aria-label={say('rooms')}>
      <div class="head">
        <h1 tabIndex={-1}>{model.title.value}</h1>
      </div>
      <form class="row seek" onSubmit={go}>
        <input
          name="room"
          aria-label={say('room_label')}
          placeholder={say('room_label')}
          required
          autoComplete="off"
          enterkeyhint="go"
          onInput={(event) => {
            seek(tidyName(event.currentTarget.value));
          }}
        />
        <button type="submit">{say('room_go')}</button>
      </form>
      <div class="lists">
        {mine.length > 0 && <h2>{say('rooms_mine')}</h2>}
        {list(mine)}
        {others.length > 0 && mine.length > 0 && <h2>{say('rooms_others')}</h2>}
        {list(others)}
        {sought !== '' && !isListed(shown, sought) && (
          <p class="quiet">{say('room_new', { room: sought })}</p>
        )}
        {sought === '' && mine.length + others.length === 0 && (
          <p class="quiet empty">{say('rooms_none')}</p>
        )}
      </div>
      <Me />
    </nav>
  );
}

interface ItemProps {
  readonly name: string;
  readonly count: number;
  readonly locked: boolean;
  readonly at: number;
  readonly by: string | undefined;
  readonly text: string | undefined;
  readonly unread: number;
  readonly mentions: number;
  readonly current: boolean;
}

/** Drawn again only when something of it has changed: the list may be long, and is told often. */
const Item = memo(function Item(props: ItemProps) {
  const { name, count, locked, at, by, text, unread, mentions, current } = props;
  const { model, strings } = useApp();
  const { say } = strings;
  const time = brief(strings.language)(at, model.now());
  return (
    <li>
      <a
        class={unread === 0 ? 'item' : 'item news'}
        href={`#/room/${encodeURIComponent(name)}`}
        data-testid="room"
        aria-current={current ? 'page' : undefined}
      >
        <Tile name={name} />
        <span class="item-name">
          <bdi>{name}</bdi>
          {locked && (
            <span class="quiet">
              <Icon path={KEY} />
            </span>
          )}
        </span>
        <span class="quiet item-side">
          {count > 0 && (
            <span role="img" aria-label={strings.count('people', count)}>
              <Icon path={PERSON} />
              {count}
            </span>
          )}
          {time !== '' && <span>{time}</span>}
        </span>
        <span class="quiet item-last" data-testid="last">
          {text === undefined ? (
            say(locked ? 'room_locked' : 'messages_none')
          ) : (
            <>
              <bdi>{by}</bdi>: <bdi>{text}</bdi>
            </>
          )}
        </span>
        {unread !== 0 && <Mark count={unread} mentions={mentions} />}
      </a>
    </li>
  );
});

/** How much is new: a number, an `@` where one was meant, a dot where nobody has counted. */
function Mark({ count, mentions }: Unread) {
  const { strings } = useApp();
  const words = count < 0 ? strings.say('unread_some') : strings.count('unread', count);
  const called = mentions > 0 ? `, ${strings.say('mentioned')}` : '';
  const number = count < 0 ? '•' : count > MOST ? `${MOST}+` : count;
  return (
    <span
      class={mentions > 0 ? 'mark called' : 'mark'}
      role="img"
      aria-label={words + called}
      data-testid="unread"
    >
      {mentions > 0 && '@'}
      {number}
    </span>
  );
}

const MOST = 99;

/** The list of rooms, a field to join or make one, and who we are. */
import { useState } from 'preact/hooks';

import type { RoomInfo } from '../connection/wire';
import type { Refusal } from '../connection/wire';
import { tidyName } from '../state/text';
import { useApp } from './context';
import { field } from './Welcome';

export function Rooms() {
  const { model, route, strings } = useApp();
  const { say } = strings;
  const go = (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const name = tidyName(field(new FormData(form), 'room'));
    if (name === '') return;
    form.reset();
    route.go(name);
  };
  const rooms = model.rooms.value;
  return (
    <nav class="rooms" aria-label={say('rooms')}>
      <h1>{model.title.value}</h1>
      <Me />
      <form class="row" onSubmit={go}>
        <input
          name="room"
          aria-label={say('room_label')}
          placeholder={say('room_label')}
          required
        />
        <button type="submit">{say('room_go')}</button>
      </form>
      {rooms.length === 0 && <p class="quiet">{say('rooms_none')}</p>}
      <ul>
        {rooms.map((room) => (
          <Item key={room.name} room={room} />
        ))}
      </ul>
    </nav>
  );
}

function Item({ room }: { room: RoomInfo }) {
  const { route, strings } = useApp();
  return (
    <li>
      <a
        href={`#/room/${encodeURIComponent(room.name)}`}
        aria-current={route.room.value === room.name ? 'page' : undefined}
      >
        <bdi>{room.name}</bdi>
        <span class="quiet">
          {room.locked && `${strings.say('room_locked')} · `}
          {strings.count('people', room.count)}
        </span>
      </a>
    </li>
  );
}

function Me() {
  const { model, strings } = useApp();
  const { say } = strings;
  const [editing, edit] = useState(false);
  const [refusal, refuse] = useState<Refusal>();
  const me = model.me.value;
  if (me === undefined) return null;
  if (!editing) {
    return (
      <p class="me">
        <bdi data-testid="me">{say('you_are', { name: me.name })}</bdi>
        <button
          type="button"
          class="plain"
          onClick={() => {
            edit(true);
          }}
        >
          {say('rename')}
        </button>
      </p>
    );
  }
  const done = () => {
    edit(false);
    refuse(undefined);
  };
  const rename = async (form: HTMLFormElement) => {
    const name = tidyName(field(new FormData(form), 'name'));
    if (name === '') return;
    const why = name === me.name ? undefined : await model.rename(name);
    if (why === undefined) done();
    else refuse(why);
  };
  return (
    <form
      class="me"
      onSubmit={(event) => {
        event.preventDefault();
        void rename(event.currentTarget);
      }}
    >
      <input name="name" aria-label={say('name_label')} defaultValue={me.name} required autofocus />
      <div class="row">
        <button type="submit">{say('save')}</button>
        <button type="button" class="plain" onClick={done}>
          {say('cancel')}
        </button>
      </div>
      {refusal !== undefined && (
        <p class="error" role="alert">
          {strings.why(refusal)}
        </p>
      )}
    </form>
  );
}

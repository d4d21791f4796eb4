/** The page: the welcome, or rooms and the open room side by side (one at a time on a phone). */
import { useEffect } from 'preact/hooks';

import { useApp } from './context';
import { Room } from './Room';
import { Rooms } from './Rooms';
import { Strip } from './Strip';
import { Welcome } from './Welcome';

export function App() {
  const { model, route, strings } = useApp();
  const status = model.status.value;
  const isOut = status === 'idle' || status === 'refused';
  const room = route.room.value;
  useEffect(() => {
    // The button that led here may be gone: a keyboard and a screen reader go on at the heading.
    if (isOut || document.activeElement !== document.body) return;
    document.querySelector<HTMLElement>(`.room${room === undefined ? 's' : ''} h1`)?.focus();
  }, [isOut, room]);
  if (isOut) return <Welcome />;
  return (
    <div class={room === undefined ? 'chat' : 'chat chat-open'}>
      <Strip />
      <Rooms />
      {room === undefined ? (
        <main class="room-none">
          <p>{strings.say('room_none')}</p>
        </main>
      ) : (
        <Room key={room} name={room} />
      )}
    </div>
  );
}

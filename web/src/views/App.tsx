/** The page: the welcome, or rooms and the open room side by side (one at a time on a phone). */
import { useApp } from './context';
import { Room } from './Room';
import { Rooms } from './Rooms';
import { Strip } from './Strip';
import { Welcome } from './Welcome';

export function App() {
  const { model, route, strings } = useApp();
  const status = model.status.value;
  if (status === 'idle' || status === 'refused') return <Welcome />;
  const room = route.room.value;
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

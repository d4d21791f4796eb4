/** Who is in a room right now. */
import { useState } from 'preact/hooks';

import { useApp } from '../context';
import { Sheet } from '../Sheet';
import { Tile } from '../Tile';
import type { RoomDialogProps } from './Dialogs';
import { useWords } from './useWords';

export function People({ room, onClose }: RoomDialogProps) {
  const { model } = useApp();
  const { say } = useWords();
  const [members] = useState(() => model.members(room));
  const people = members.value;
  const me = model.me.value?.id;
  return (
    <Sheet id="people-dialog" title={say('people')} onClose={onClose}>
      {people.length === 0 && <p class="quiet">{say('loading')}</p>}
      <ul class="people">
        {people.map(({ id, name }) => (
          <li key={id}>
            <Tile name={name} round />
            <bdi>{name}</bdi>
            {id === me && <span class="quiet">({say('you')})</span>}
          </li>
        ))}
      </ul>
    </Sheet>
  );
}

/** What the server says of a room, handed to that room as this phone has it, by whatever name. */
import type { Channel } from './channel';
import type { Message, ServerEvents } from './wire';

type RoomEvents = Pick<
  ServerEvents,
  'message' | 'removed' | 'joined' | 'left' | 'presence' | 'renamed'
>;

export function roomEvents(
  channels: ReadonlyMap<string, Channel>,
  removed: (room: string, seq: number) => void,
  heard: (message: Message) => void,
): RoomEvents {
  const each = (room: string, tell: (channel: Channel) => void) => {
    for (const channel of channels.values()) if (channel.room === room) tell(channel);
  };
  const present = (room: string, count: number, change: (channel: Channel) => void) => {
    each(room, (channel) => {
      channel.told(() => {
        change(channel);
        channel.present(count);
      });
    });
  };
  return {
    message: (message) => {
      each(message.room, ({ log }) => {
        log.message(message);
      });
      heard(message);
    },
    removed: ({ room, seq }) => {
      each(room, ({ log, asked }) => {
        log.removed(seq);
        removed(asked, seq);
      });
    },
    joined: ({ room, member, count }) => {
      present(room, count, ({ members }) => {
        members.came(member);
      });
    },
    left: ({ room, member, count }) => {
      present(room, count, ({ members }) => {
        members.left(member);
      });
    },
    presence: ({ room, count }) => {
      present(room, count, ({ members }) => {
        members.merged();
      });
    },
    renamed: ({ room, member }) => {
      each(room, (channel) => {
        channel.told(() => {
          channel.members.renamed(member);
        });
      });
    },
  };
}

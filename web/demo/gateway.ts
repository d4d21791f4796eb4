/**
 * A made-up gateway inside the browser: it speaks `docs/protocol.md` to the page that it is in, as
 * far as one page can tell. The others in its rooms answer what is written there.
 */
import type {
  Answer,
  Auth,
  Hello,
  HistoryRequest,
  JoinRequest,
  Message,
  Person,
  PostRequest,
  Posted,
  Refusal,
} from '../src/connection/wire';
import { ME } from './people';
import { KEPT, Room } from './room';
import { ROOMS } from './rooms';
import type { Fate, Switches } from './switches';

/** A moment on the way to the card: long enough to be seen as *relayed*. */
const STORING_MS = 600;
/** The others read, then type. */
const READING_MS = 900;
const TYPING_MS = 1_800;

const LIMITS = {
  text_chars: 4_000,
  name_chars: 32,
  room_name_chars: 64,
  packet_bytes: 100_000,
  messages_per_second: 10,
};

/** What the gateway says when its Wi-Fi has room for one phone only. */
const CROWDED = {
  level: 'warning',
  text: 'This Wi-Fi takes 10 phones, 9 are here: there is room for one more.',
  ko: '이 Wi-Fi에는 휴대폰이 10대까지 연결되며, 지금 9대가 있습니다. 한 대만 더 들어올 수 있습니다.',
};

export class Gateway {
  readonly #tell: (event: string, argument: unknown) => void;
  readonly #switches: Switches;
  readonly #rooms = new Map<string, Room>();
  readonly #fates: Fate[];
  #me: Person = { id: ME, name: '' };
  #answers = 0;
  #said = 0;

  constructor(switches: Switches, tell: (event: string, argument: unknown) => void) {
    this.#switches = switches;
    this.#tell = tell;
    this.#fates = [...switches.posts];
  }

  /** Lets somebody in, or says why not. */
  greet({ name = '', code }: Auth): Answer<Hello> {
    if (this.#switches.code !== undefined && code !== this.#switches.code) {
      return refused('unauthorized');
    }
    this.#me = { id: ME, name };
    if (this.#rooms.size === 0) {
      for (const told of ROOMS) {
        this.#rooms.set(told.name, new Room(told, this.#me, this.#switches.history));
      }
    }
    return {
      ok: true,
      version: 1,
      ...this.#me,
      token: 'demo',
      log: 'demo',
      storing: true,
      clock: !this.#switches.unsure,
      ...(this.#switches.crowded ? { notices: [CROWDED] } : {}),
      title: this.#switches.language === 'ko' ? '우리 마당' : 'Our courtyard',
      limits: { ...LIMITS, page_messages: this.#switches.page },
      now: Date.now(),
      history: { messages: KEPT, days: 365 },
      server: { name: 'madang', version: 'demo' },
    };
  }

  async request(event: string, argument: unknown): Promise<Answer<object>> {
    switch (event) {
      case 'rooms':
        return done({ rooms: this.#list() });
      case 'rename':
        this.#me = { ...this.#me, name: (argument as { name: string }).name };
        return done({ name: this.#me.name });
      case 'join':
        return this.#join(argument as JoinRequest);
      case 'typing':
        return { ok: true };
    }
    const room = this.#rooms.get((argument as { room?: string } | undefined)?.room ?? '');
    if (room === undefined) return refused('bad_request');
    switch (event) {
      case 'members':
        return done({ members: room.members, more: false });
      case 'history': {
        const { before, after, limit } = argument as HistoryRequest;
        return { ok: true, ...room.history(before, after, this.#limit(limit)) };
      }
      case 'days':
        return done({ days: room.days((argument as { zone?: number }).zone ?? 0) });
      case 'leave':
        room.leave(this.#me);
        this.#changed();
        return { ok: true };
      case 'message':
        return this.#post(room, argument as PostRequest);
      default:
        return refused('unsupported');
    }
  }

  /** Somebody else says something. */
  say(room: string, text: string, from?: Person): void {
    const where = this.#rooms.get(room);
    const who = from ?? where?.others[0];
    if (where === undefined || who === undefined) return;
    this.#said += 1;
    this.#relay(this.#dated(where.add(who, `said-${this.#said}`, text, undefined, Date.now())));
    this.#changed();
  }

  #join({ room: name, key, since, limit }: JoinRequest): Answer<object> {
    let room = this.#rooms.get(name);
    if (room?.key !== undefined && room.key !== key) return refused('locked');
    if (room === undefined) {
      room = new Room({ name, people: [], lines: [], chatter: [], answers: [] }, this.#me, 0);
      this.#rooms.set(name, room);
    }
    room.enter(this.#me);
    this.#changed();
    return { ok: true, ...room.join(since, this.#limit(limit)) };
  }

  #limit(wished = Infinity): number {
    return Math.min(wished, this.#switches.page);
  }

  async #post(room: Room, { id, text, reply_to }: PostRequest): Promise<Answer<Posted>> {
    const fate = this.#fates.shift() ?? 'stored';
    if (fate === 'failed') return refused('bad_request');
    const message = this.#dated(room.add(this.#me, id, text, reply_to, Date.now()));
    this.#relay(message);
    this.#changed();
    if (fate === 'unstored') return refused('not_stored');
    if (fate === 'relayed') return new Promise(() => undefined);
    if (!this.#switches.quiet) this.#answer(room);
    await sleep(STORING_MS);
    return { ok: true, id, seq: message.seq, at: message.at };
  }

  /** One of the others reads, types and says something. */
  #answer(room: Room): void {
    const text = room.answers[this.#answers % room.answers.length];
    const member = room.others[this.#answers % room.others.length];
    this.#answers += 1;
    if (text === undefined || member === undefined) return;
    const typing = (on: boolean) => {
      this.#tell('typing', { room: room.name, member, on });
    };
    setTimeout(typing, READING_MS, true);
    setTimeout(() => {
      typing(false);
      this.say(room.name, text, member);
    }, READING_MS + TYPING_MS);
  }

  /** What is said while the clock is not set has a time that may be wrong. */
  #dated(message: Message): Message {
    return this.#switches.unsure ? { ...message, at_unsure: true } : message;
  }

  #relay(message: Message): void {
    this.#tell('message', message);
  }

  #changed(): void {
    this.#tell('rooms', { rooms: this.#list() });
  }

  /** The liveliest first. */
  #list() {
    const rooms = [...this.#rooms.values()].map(({ info }) => info);
    return rooms.sort((one, other) => (other.last_at ?? 0) - (one.last_at ?? 0));
  }
}

function done<T extends object>(answer: T): Answer<T> {
  return { ok: true, ...answer };
}

function refused(code: string): { ok: false; error: Refusal } {
  return { ok: false, error: { code, message: code } };
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

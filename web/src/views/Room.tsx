/** One room: who is there, what is said, and the field to say something. */
import { useState } from 'preact/hooks';

import type { ChannelView } from '../connection/channel';
import { Composer } from './Composer';
import { useApp } from './context';
import { Log } from './Log';
import { field } from './Welcome';

export function Room({ name }: { name: string }) {
  const { model, route, strings } = useApp();
  const { say } = strings;
  const [signal] = useState(() => model.open(name));
  const view = signal.value;
  const leave = () => {
    route.go(undefined);
    model.leave(name);
  };
  return (
    <main class="room">
      <header>
        <a class="back" href="#/" aria-label={say('back')}>
          ‹
        </a>
        <h2>
          <bdi>{name}</bdi>
        </h2>
        {isInside(view) && (
          <span class="quiet" data-testid="count">
            {strings.count('people', view.count)}
          </span>
        )}
        {/* What is still to be sent would be lost with the room. */}
        <button type="button" class="plain" onClick={leave} disabled={view.drafts.length > 0}>
          {say('leave')}
        </button>
      </header>
      {view.phase === 'locked' ? <Lock view={view} /> : <Refused view={view} />}
      <Log view={view} />
      {view.phase !== 'locked' && <Composer room={name} />}
    </main>
  );
}

function isInside({ phase }: ChannelView): boolean {
  return phase === 'live' || phase === 'catching-up';
}

function Lock({ view }: { view: ChannelView }) {
  const { model, strings } = useApp();
  const { say } = strings;
  const unlock = (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    model.knock(view.room, field(new FormData(form), 'key').trim());
  };
  return (
    <form class="lock" onSubmit={unlock}>
      <p role="alert">{say(view.error === undefined ? 'key_wanted' : 'key_wrong')}</p>
      <div class="row">
        <input
          name="key"
          aria-label={say('key_label')}
          placeholder={say('key_label')}
          required
          autoComplete="off"
          autoCapitalize="none"
        />
        <button type="submit">{say('unlock')}</button>
      </div>
    </form>
  );
}

function Refused({ view }: { view: ChannelView }) {
  const { model, strings } = useApp();
  if (view.error === undefined) return null;
  return (
    <div class="lock" role="alert">
      <p>{strings.why(view.error)}</p>
      {view.phase === 'refused' && (
        <button
          type="button"
          onClick={() => {
            model.knock(view.room);
          }}
        >
          {strings.say('try_again')}
        </button>
      )}
    </div>
  );
}

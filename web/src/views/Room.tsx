/** One room: who is there, what is said, and the field to say something. */
import { useState } from 'preact/hooks';

import type { ChannelView } from '../connection/channel';
import { useApp } from './context';
import { focused } from './focus';
import { Head } from './Head';
import { Composer, Log } from './Talk';
import { field } from './Welcome';

export function Room({ name }: { name: string }) {
  const { model } = useApp();
  const [signal] = useState(() => model.open(name));
  const view = signal.value;
  return (
    <main class="room">
      <Head view={view} />
      {view.phase === 'locked' ? <Lock view={view} /> : <Refused view={view} />}
      <Log view={view} />
      {view.phase !== 'locked' && <Composer room={name} />}
    </main>
  );
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
          autoCorrect="off"
          spellcheck={false}
          enterkeyhint="go"
          ref={focused}
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

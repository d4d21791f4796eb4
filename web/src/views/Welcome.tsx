/** The way in: a name, and the entry code where the gateway wants one. */
import { useState } from 'preact/hooks';

import { tidyName } from '../state/text';
import { useApp } from './context';
import { focused } from './focus';

export function Welcome() {
  const { model, route, strings } = useApp();
  const { say } = strings;
  const [blank, setBlank] = useState(false);
  const { name, code } = model.remembered();
  const refusal = model.refusal.value;
  const codeWanted = refusal?.code === 'unauthorized';
  const room = route.room.value;
  const enter = (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const fields = new FormData(form);
    const chosen = tidyName(field(fields, 'name'));
    setBlank(!isVisible(chosen));
    if (isVisible(chosen)) {
      model.enter(chosen, codeWanted ? field(fields, 'code').trim() : undefined);
    } else {
      form.querySelector('input')?.focus();
    }
  };
  const nameError = blank
    ? say('name_blank')
    : refusal !== undefined && !codeWanted
      ? strings.why(refusal)
      : '';
  const codeError = codeWanted ? say(code === '' ? 'code_wanted' : 'code_wrong') : '';
  return (
    <main class="welcome">
      <img src="/icon.svg" alt="" width="64" height="64" />
      <h1>{model.title.value}</h1>
      <p class="quiet">
        {room === undefined ? say('tagline') : <Going words={say('going_to')} room={room} />}
      </p>
      <form onSubmit={enter} noValidate>
        <label>
          {say('name_label')}
          <input
            name="name"
            defaultValue={name}
            autoComplete="nickname"
            autoCapitalize="words"
            autoCorrect="off"
            spellcheck={false}
            enterkeyhint={codeWanted ? 'next' : 'go'}
            aria-invalid={nameError !== ''}
            aria-describedby="name-error"
            ref={codeWanted ? null : focused}
          />
        </label>
        <Wrong id="name-error" text={nameError} />
        {codeWanted && (
          <>
            <label>
              {say('code_label')}
              <input
                name="code"
                autoComplete="off"
                autoCapitalize="none"
                autoCorrect="off"
                spellcheck={false}
                enterkeyhint="go"
                aria-invalid={code !== ''}
                aria-describedby="code-error"
                ref={focused}
              />
            </label>
            <Wrong id="code-error" text={codeError} />
          </>
        )}
        <button type="submit">{say('enter')}</button>
      </form>
    </main>
  );
}

function Going({ words, room }: { words: string; room: string }) {
  const [before, after] = words.split('{room}');
  return (
    <>
      {before}
      <bdi class="strong">{room}</bdi>
      {after}
    </>
  );
}

function Wrong({ id, text }: { id: string; text: string }) {
  return text === '' ? null : (
    <p class="error" role="alert" id={id}>
      {text}
    </p>
  );
}

/** Whether anything of a name can be seen: blanks, fillers and joiners alone cannot. */
export function isVisible(name: string): boolean {
  return /[^\s\p{C}\p{Z}\p{M}\u115f\u1160\u3164\uffa0\u2800]/u.test(name);
}

export function field(fields: FormData, name: string): string {
  const value = fields.get(name);
  return typeof value === 'string' ? value : '';
}

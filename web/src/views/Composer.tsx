/**
 * The field to say something. Enter sends where there is a keyboard and makes a new line on touch;
 * while a syllable is being composed (Korean, Japanese, …) it belongs to the composition.
 */
import { useEffect, useRef, useState } from 'preact/hooks';

import { length, tidy } from '../state/text';
import { useApp } from './context';

/** Characters of a message when the gateway does not say (its default). */
const TEXT_CHARS = 4_000;

export function Composer({ room }: { room: string }) {
  const { model, strings } = useApp();
  const area = useRef<HTMLTextAreaElement>(null);
  const [excess, setExcess] = useState(0);
  const most = model.limits.value.text_chars ?? TEXT_CHARS;
  useEffect(() => {
    if (!isTouch()) area.current?.focus();
  }, []);
  const changed = () => {
    const field = area.current;
    if (field === null) return;
    field.style.height = 'auto';
    field.style.height = `${field.scrollHeight}px`;
    setExcess(Math.max(0, length(tidy(field.value)) - most));
  };
  const send = () => {
    const field = area.current;
    if (field === null) return;
    const text = tidy(field.value);
    if (text === '' || length(text) > most) return;
    model.post(room, text);
    field.value = '';
    changed();
    field.focus();
  };
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {excess > 0 && (
        <p class="error" role="status">
          {strings.say('too_long', { n: excess })}
        </p>
      )}
      <div class="row">
        <textarea
          ref={area}
          rows={1}
          aria-label={strings.say('message_label')}
          placeholder={strings.say('message_label')}
          enterkeyhint={isTouch() ? 'enter' : 'send'}
          onInput={changed}
          onKeyDown={(event) => {
            if (!sends(event, isTouch())) return;
            event.preventDefault();
            send();
          }}
        />
        <button
          type="submit"
          disabled={excess > 0}
          onPointerDown={(event) => {
            // The field keeps the focus, and the phone its keyboard.
            event.preventDefault();
          }}
        >
          {strings.say('send')}
        </button>
      </div>
    </form>
  );
}

/** Whether this key press sends. Safari ends a composition by an Enter with key code 229. */
export function sends(
  event: Pick<KeyboardEvent, 'key' | 'shiftKey' | 'isComposing' | 'keyCode'>,
  touch: boolean,
): boolean {
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- nothing else tells in Safari
  const composing = event.isComposing || event.keyCode === 229;
  return event.key === 'Enter' && !event.shiftKey && !composing && !touch;
}

function isTouch(): boolean {
  return matchMedia('(pointer: coarse)').matches;
}

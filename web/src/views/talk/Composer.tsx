/**
 * The field to say something. Enter sends where there is a keyboard and makes a new line on touch;
 * while a syllable is being composed (Korean, Japanese, …) it belongs to the composition. What is
 * typed stays with its room while one is in another.
 */
import { useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks';

import { begun, candidates, type Begun } from '../../state/complete';
import { desk } from '../../state/desk';
import { excess, plain, tidy } from '../../state/text';
import { useComposition } from './composition';
import { useApp } from '../context';
import { Suggestions } from './Suggestions';

/** Characters of a message when the gateway does not say (its default). */
const TEXT_CHARS = 4_000;
/** A text longer than this fills the field's greatest height: nothing to measure. */
const MEASURED = 5_000;

export function Composer({ room }: { room: string }) {
  const { model, strings } = useApp();
  const { say } = strings;
  const area = useRef<HTMLTextAreaElement>(null);
  const settled = useComposition(area);
  const list = useId();
  const [tooMuch, setTooMuch] = useState(0);
  const [name, setName] = useState<Begun>();
  const [chosen, setChosen] = useState(0);
  const most = model.limits.value.text_chars ?? TEXT_CHARS;
  const here = desk(room);
  const answering = here.answering.value;
  const mine = model.me.value?.name;
  const found = name === undefined ? [] : candidates(name.typed, others());

  function others(): readonly string[] {
    return model
      .members(room)
      .value.map((person) => person.name)
      .filter((one) => one !== mine);
  }
  const changed = () => {
    const field = area.current;
    if (field === null) return;
    here.text = field.value;
    fit(field);
    setTooMuch(excess(field.value, most));
    setName(begun(field.value, field.selectionStart));
    setChosen(0);
  };
  useLayoutEffect(() => {
    const field = area.current;
    if (field === null) return;
    field.value = here.text;
    if (here.text !== '') changed();
    if (!isTouch()) field.focus();
  }, []);
  const first = useRef(true);
  useEffect(() => {
    if (!first.current && answering !== undefined) area.current?.focus();
    first.current = false;
  }, [answering]);

  const send = () => {
    settled(() => {
      const field = area.current;
      if (field === null) return;
      const text = tidy(field.value);
      if (text === '' || excess(field.value, most) > 0) return;
      // Where too much waits already, the text stays; the strip says why.
      if (!model.post(room, text, answering?.seq)) return;
      here.answering.value = undefined;
      field.value = '';
      changed();
      field.focus();
    });
  };
  const choose = (person: string) => {
    settled(() => {
      const field = area.current;
      // Read again: the end of the composition may have changed the text.
      const at = field === null ? undefined : begun(field.value, field.selectionStart);
      if (field === null || at === undefined) return;
      field.setRangeText(`@${person} `, at.start, field.selectionStart, 'end');
      changed();
      field.focus();
    });
  };
  const pressed = (event: KeyboardEvent) => {
    if (isComposing(event)) return;
    const person = found[chosen];
    if (person !== undefined) {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step !== undefined) setChosen((chosen + step + found.length) % found.length);
      else if ((event.key === 'Enter' && !event.shiftKey) || event.key === 'Tab') choose(person);
      else if (event.key === 'Escape') setName(undefined);
      else return;
      event.preventDefault();
    } else if (event.key === 'Escape' && answering !== undefined) {
      here.answering.value = undefined;
    } else if (sends(event, isTouch())) {
      event.preventDefault();
      send();
    }
  };
  const open = found.length > 0;
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {open && (
        <Suggestions
          id={list}
          label={say('mention_label')}
          names={found}
          chosen={chosen}
          choose={choose}
        />
      )}
      {answering !== undefined && (
        <div class="replying" data-testid="replying">
          <p>
            <b>{say('replying', { name: `\u2068${answering.from.name}\u2069` })}</b>
            <span dir="auto">{plain(answering).slice(0, 200)}</span>
          </p>
          <button
            type="button"
            class="plain"
            aria-label={say('reply_cancel')}
            onClick={() => {
              here.answering.value = undefined;
              area.current?.focus();
            }}
          >
            ✕
          </button>
        </div>
      )}
      {tooMuch > 0 && (
        <p class="error" role="status" data-testid="composer-error">
          {say('too_long', { n: tooMuch })}
        </p>
      )}
      <div class="row">
        <textarea
          ref={area}
          rows={1}
          dir="auto"
          aria-label={say('message_label')}
          placeholder={say('message_label')}
          enterkeyhint={isTouch() ? 'enter' : 'send'}
          aria-autocomplete="list"
          aria-controls={open ? list : undefined}
          aria-activedescendant={open ? `${list}-${chosen}` : undefined}
          onInput={changed}
          onKeyDown={pressed}
          onBlur={() => {
            setName(undefined);
          }}
        />
        <button
          type="submit"
          disabled={tooMuch > 0}
          onPointerDown={(event) => {
            // The field keeps the focus, and the phone its keyboard.
            event.preventDefault();
          }}
        >
          {say('send')}
        </button>
      </div>
    </form>
  );
}

/** Whether this key press sends. */
export function sends(
  event: Pick<KeyboardEvent, 'key' | 'shiftKey' | 'isComposing' | 'keyCode'>,
  touch: boolean,
): boolean {
  return event.key === 'Enter' && !event.shiftKey && !isComposing(event) && !touch;
}

/** Safari ends a composition by an Enter with key code 229. */
function isComposing(event: Pick<KeyboardEvent, 'isComposing' | 'keyCode'>): boolean {
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- nothing else tells in Safari
  return event.isComposing || event.keyCode === 229;
}

/** Makes the field as high as its text, where the browser does not do it by `field-sizing`. */
function fit(field: HTMLTextAreaElement): void {
  if (GROWS) return;
  if (field.value.length > MEASURED) {
    field.style.height = '100vh';
    return;
  }
  field.style.height = 'auto';
  field.style.height = `${field.scrollHeight}px`;
}

const GROWS = typeof CSS !== 'undefined' && CSS.supports('field-sizing', 'content');

function isTouch(): boolean {
  return matchMedia('(pointer: coarse)').matches;
}

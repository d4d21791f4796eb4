/** What a person may choose on this phone. Everything takes effect at once. */
import type { Signal } from '@preact/signals';
import { useState } from 'preact/hooks';

import { LANGUAGES, SIZES, THEMES } from '../../state/settings';
import { useApp } from '../context';
import { Sheet } from '../Sheet';
import { useWords } from './useWords';

/** Languages are called what they call themselves. */
const NAMES = { ko: '한국어', en: 'English' };

export function Settings({ onClose }: { onClose: () => void }) {
  const { model, settings } = useApp();
  const { say } = useWords();
  const themes = THEMES.map((theme) => [theme, say(`theme_${theme}`)] as const);
  const sizes = SIZES.map((percent, index) => [index, `${percent} %`] as const);
  const languages = LANGUAGES.map(
    (code) => [code, code === 'system' ? say('language_system') : NAMES[code]] as const,
  );
  const transport = model.transport.value ?? 'none';
  return (
    <Sheet id="settings-dialog" title={say('settings')} onClose={onClose}>
      <Choice name="theme" title={say('theme')} of={settings.theme} options={themes} />
      <Choice name="size" title={say('size')} of={settings.size} options={sizes} />
      <Choice name="language" title={say('language')} of={settings.language} options={languages} />
      <fieldset>
        <legend>{say('alerts')}</legend>
        <Switch name="sound" title={say('sound')} of={settings.sound} />
        {'vibrate' in navigator && (
          <Switch name="vibrate" title={say('vibrate')} of={settings.vibrate} />
        )}
      </fieldset>
      {!model.keeps.value && <p class="quiet">{say('unkept')}</p>}
      <p class="quiet" data-testid="transport">
        {say('connection')}: {say(`connection_${transport}`)}
      </p>
      <Forget />
    </Sheet>
  );
}

interface ChoiceProps<T> {
  readonly name: string;
  readonly title: string;
  readonly of: Signal<T>;
  readonly options: readonly (readonly [value: T, title: string])[];
}

function Choice<T extends string | number>({ name, title, of, options }: ChoiceProps<T>) {
  return (
    <fieldset>
      <legend>{title}</legend>
      <div class="segments">
        {options.map(([value, words]) => (
          <label key={value}>
            <input
              type="radio"
              name={name}
              value={value}
              checked={of.value === value}
              onChange={() => {
                of.value = value;
              }}
            />
            <span>{words}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function Switch({ name, title, of }: { name: string; title: string; of: Signal<boolean> }) {
  return (
    <label class="switch">
      <input
        type="checkbox"
        name={name}
        checked={of.value}
        onChange={(event) => {
          of.value = event.currentTarget.checked;
        }}
      />
      {title}
    </label>
  );
}

function Forget() {
  const { model, route } = useApp();
  const { say } = useWords();
  const [asking, ask] = useState(false);
  if (!asking) {
    return (
      <button
        type="button"
        class="plain error"
        data-testid="forget"
        onClick={() => {
          ask(true);
        }}
      >
        {say('forget')}
      </button>
    );
  }
  return (
    <div role="alert">
      <p>{say('forget_sure')}</p>
      <div class="row">
        <button
          type="button"
          data-testid="forget-yes"
          onClick={() => {
            model.forget();
            route.go(undefined);
          }}
        >
          {say('forget_yes')}
        </button>
        <button
          type="button"
          class="plain"
          onClick={() => {
            ask(false);
          }}
        >
          {say('cancel')}
        </button>
      </div>
    </div>
  );
}

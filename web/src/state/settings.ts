/**
 * What this person has set on this phone: looks, language, sound. Kept in `localStorage` where
 * that is allowed, else only as long as the page lives. Knows nothing of the document: `apply.ts`
 * brings the looks there.
 */
import { effect, signal, type Signal } from '@preact/signals';

export const THEMES = ['system', 'light', 'dark'] as const;
export const LANGUAGES = ['system', 'ko', 'en'] as const;
/** Size of the root font in per cent: everything is measured in it. */
export const SIZES = [100, 115, 130, 150] as const;

export type Theme = (typeof THEMES)[number];
export type Language = (typeof LANGUAGES)[number];

export interface Settings {
  readonly theme: Signal<Theme>;
  /** Index into `SIZES`. */
  readonly size: Signal<number>;
  readonly language: Signal<Language>;
  readonly sound: Signal<boolean>;
  readonly vibrate: Signal<boolean>;
}

const KEY = 'madang.settings';

/** `shelf` may throw, and so may whatever it gives. */
export function createSettings(shelf: () => Pick<Storage, 'getItem' | 'setItem'>): Settings {
  const kept = read(shelf);
  const settings: Settings = {
    theme: signal(THEMES.find((theme) => theme === kept.theme) ?? 'system'),
    size: signal(typeof kept.size === 'number' && kept.size in SIZES ? kept.size : 0),
    language: signal(LANGUAGES.find((language) => language === kept.language) ?? 'system'),
    sound: signal(kept.sound === true),
    vibrate: signal(kept.vibrate !== false),
  };
  let first = true;
  effect(() => {
    const now = JSON.stringify(values(settings));
    // Nothing is written before something was chosen.
    if (!first) {
      attempt(() => {
        shelf().setItem(KEY, now);
      });
    }
    first = false;
  });
  return settings;
}

function values({ theme, size, language, sound, vibrate }: Settings) {
  return {
    theme: theme.value,
    size: size.value,
    language: language.value,
    sound: sound.value,
    vibrate: vibrate.value,
  };
}

function read(shelf: () => Pick<Storage, 'getItem'>): Record<string, unknown> {
  const kept: unknown = attempt<unknown>(() => JSON.parse(shelf().getItem(KEY) ?? '{}'));
  return typeof kept === 'object' && kept !== null ? { ...kept } : {};
}

function attempt<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch {
    return undefined;
  }
}

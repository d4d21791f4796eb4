/** What every view may use, handed down once from `main`. */
import { computed, type ReadonlySignal } from '@preact/signals';
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';

import type { Model } from '../state/model';
import type { Route } from '../state/route';
import type { Settings } from '../state/settings';
import { strings, type Strings } from '../strings';

export interface App {
  readonly model: Model;
  readonly route: Route;
  readonly settings: Settings;
  readonly strings: ReadonlySignal<Strings>;
}

/** An `App` with the strings as they are in the language of the moment. */
export interface Context extends Omit<App, 'strings'> {
  readonly strings: Strings;
}

/** `preferred`: the browser's languages, for those who have chosen none. */
export function createApp(
  parts: Pick<App, 'model' | 'route' | 'settings'>,
  preferred: readonly string[],
): App {
  const words = computed(() => {
    const chosen = parts.settings.language.value;
    return strings(chosen === 'system' ? preferred : [chosen]);
  });
  return { ...parts, strings: words };
}

const context = createContext<App | undefined>(undefined);
export const Provide = context.Provider;

export function useApp(): Context {
  const app = useContext(context);
  if (app === undefined) throw new Error('a view outside of Provide');
  return { ...app, strings: app.strings.value };
}

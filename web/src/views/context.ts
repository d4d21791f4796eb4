/** What every view may use, handed down once from `main`. */
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';

import type { Model } from '../state/model';
import type { Route } from '../state/route';
import type { Clock } from '../state/time';
import type { Strings } from '../strings';

export interface Context {
  readonly model: Model;
  readonly route: Route;
  readonly strings: Strings;
  readonly clock: Clock;
}

const context = createContext<Context | undefined>(undefined);
export const Provide = context.Provider;

export function useApp(): Context {
  const app = useContext(context);
  if (app === undefined) throw new Error('a view outside of Provide');
  return app;
}

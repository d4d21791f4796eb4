/**
 * Tells a person who looks elsewhere that something is new: a number in the title and on the icon
 * of the installed page, and at a mention a sound or a buzz, as they have chosen.
 */
import { effect } from '@preact/signals';

import type { Model } from './model';
import type { Route } from './route';
import type { Settings } from './settings';

/** What comes in that soon after a connection was missed, not just said. */
const CATCHING_UP_MS = 3_000;

export interface Ringing {
  readonly ready: (page: Window) => void;
  readonly ring: (settings: Settings) => void;
}

export function alerts(
  { model, settings, route }: { model: Model; settings: Settings; route: Route },
  page: Window,
  load: () => Promise<Ringing> = () => import('./ring'),
): void {
  effect(() => {
    let count = 0;
    for (const unread of model.unread.value.values()) count += Math.max(unread.count, 0);
    page.document.title = (count > 0 ? `(${count}) ` : '') + model.title.value;
    const { navigator } = page;
    if ('setAppBadge' in navigator) navigator.setAppBadge(count).catch(() => undefined);
  });

  // A browser that wants a gesture before the first sound needs it before the first mention.
  effect(() => {
    if (settings.sound.value)
      attempt(({ ready }) => {
        ready(page);
      });
  });

  let online = Infinity;
  effect(() => {
    online = model.status.value === 'online' ? Date.now() : Infinity;
  });
  let before = 0;
  effect(() => {
    let mentions = 0;
    const looking = page.document.visibilityState === 'visible' ? route.room.value : undefined;
    for (const [room, unread] of model.unread.value)
      if (room !== looking) mentions += unread.mentions;
    const wanted = settings.sound.peek() || settings.vibrate.peek();
    if (mentions > before && wanted && Date.now() - online > CATCHING_UP_MS) {
      attempt(({ ring }) => {
        ring(settings);
      });
    }
    before = mentions;
  });

  /** Without the part that rings the number in the title has to do. */
  function attempt(act: (ringing: Ringing) => void): void {
    load()
      .then(act)
      .catch(() => undefined);
  }
}

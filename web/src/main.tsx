/** Puts the page together. */
import { effect } from '@preact/signals';
import { render } from 'preact';

import { Shelf } from './connection/shelf';
import { install } from './install';
import { alerts } from './state/alerts';
import { apply } from './state/apply';
import { createModel } from './state/model';
import { thisPage } from './state/renewal';
import { route } from './state/route';
import { createSettings } from './state/settings';
import './styles/themes.css';
import './styles/page.css';
import './styles/room.css';
import './styles/sheet.css';
// Last: on a wide screen it shows both panes.
import './styles/frame.css';
import { App } from './views/App';
import { createApp, Provide } from './views/context';
import { loadTalk } from './views/Talk';

const shelf = new Shelf(() => window.localStorage);
const model = createModel({ shelf, page: thisPage(window) });
const settings = createSettings(() => window.localStorage);
const app = createApp({ model, route: route(window), settings }, navigator.languages);
apply(settings, () => app.strings.value.language, window);
const { name } = model.remembered();
if (name !== '') model.enter(name);

window.addEventListener('storage', (event) => {
  shelf.heard(event);
});
window.addEventListener('pagehide', () => {
  shelf.flush();
});

// Phones freeze the sockets of a sleeping page without a word: ask as soon as it is looked at.
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible') model.wake();
  // A phone may end a hidden page without another word.
  else shelf.flush();
});
window.addEventListener('pageshow', ({ persisted }) => {
  if (persisted) model.wake();
});
window.addEventListener('online', () => {
  model.wake();
});

alerts(app, window);

effect(() => {
  const { value } = model.status;
  // In a room, it is tried until it is there.
  if (value !== 'idle' && value !== 'refused') loadTalk().catch(() => undefined);
});

const place = document.getElementById('app');
if (place !== null) {
  render(
    <Provide value={app}>
      <App />
    </Provide>,
    place,
  );
}

if (import.meta.env.PROD) install(window);

/** Puts the page together. */
import { effect } from '@preact/signals';
import { render } from 'preact';

import { Identity } from './connection/identity';
import { createModel } from './state/model';
import { route } from './state/route';
import { clock } from './state/time';
import { strings } from './strings';
import './styles/page.css';
import './styles/room.css';
import './styles/sheet.css';
// Last: on a wide screen it shows both panes.
import './styles/frame.css';
import { App } from './views/App';
import { Provide } from './views/context';

const words = strings(navigator.languages);
document.documentElement.lang = words.language;

const identity = new Identity(() => window.localStorage);
const model = createModel(identity);
if (identity.auth.name !== undefined) model.enter(identity.auth.name);

// Phones freeze the sockets of a sleeping page without a word: ask as soon as it is looked at.
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible') model.wake();
});
window.addEventListener('pageshow', ({ persisted }) => {
  if (persisted) model.wake();
});
window.addEventListener('online', () => {
  model.wake();
});

effect(() => {
  document.title = model.title.value;
});

const app = document.getElementById('app');
if (app !== null) {
  render(
    <Provide value={{ model, route: route(window), strings: words, clock: clock(words.language) }}>
      <App />
    </Provide>,
    app,
  );
}

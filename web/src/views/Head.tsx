/** The head of a room: the way back, its name, who is there, and the menu. */
import { useState } from 'preact/hooks';

import type { ChannelView } from '../connection/channel';
import { useApp } from './context';
import { Dialog, type DialogKind } from './dialog';
import { BACK, Icon, MORE } from './Icon';

export function Head({ view }: { view: ChannelView }) {
  const { say, count } = useApp().strings;
  const [dialog, open] = useState<DialogKind>();
  return (
    <header class="head">
      <a class="back" href="#/" aria-label={say('back')}>
        <Icon path={BACK} />
      </a>
      <h1 tabIndex={-1}>
        <bdi>{view.room}</bdi>
      </h1>
      {isInside(view) && (
        <button
          type="button"
          class="plain count"
          data-testid="count"
          aria-haspopup="dialog"
          onClick={() => {
            open('people');
          }}
        >
          {count('people', view.count)}
        </button>
      )}
      <button
        type="button"
        class="plain"
        data-testid="menu"
        aria-label={say('menu')}
        aria-haspopup="dialog"
        onClick={() => {
          open('menu');
        }}
      >
        <Icon path={MORE} />
      </button>
      {dialog !== undefined && (
        <Dialog
          kind={dialog}
          room={view.room}
          onOpen={open}
          onClose={() => {
            open(undefined);
          }}
        />
      )}
    </header>
  );
}

function isInside({ phase }: ChannelView): boolean {
  return phase === 'live' || phase === 'catching-up';
}

/** Who we are, the way to another name, and the way to the settings. */
import { useState } from 'preact/hooks';

import { useApp } from './context';
import { Dialog, type DialogKind } from './dialog';
import { GEAR, Icon, PEN } from './Icon';
import { Tile } from './Tile';

export function Me() {
  const { model, strings } = useApp();
  const { say } = strings;
  const [dialog, open] = useState<DialogKind>();
  const me = model.me.value;
  return (
    <div class="me">
      {me !== undefined && (
        <>
          <Tile name={me.name} round />
          <bdi data-testid="me">{say('you_are', { name: me.name })}</bdi>
          <button
            type="button"
            class="plain"
            data-testid="rename"
            aria-label={say('rename')}
            aria-haspopup="dialog"
            onClick={() => {
              open('rename');
            }}
          >
            <Icon path={PEN} />
          </button>
        </>
      )}
      <button
        type="button"
        class="plain"
        data-testid="settings"
        aria-label={say('settings')}
        aria-haspopup="dialog"
        onClick={() => {
          open('settings');
        }}
      >
        <Icon path={GEAR} />
      </button>
      {dialog !== undefined && (
        <Dialog
          kind={dialog}
          onOpen={open}
          onClose={() => {
            open(undefined);
          }}
        />
      )}
    </div>
  );
}

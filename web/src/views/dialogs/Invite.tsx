/** The address of a room to hand on: as text, through the phone's own sharing, and as a QR code. */
import { useEffect, useRef, useState } from 'preact/hooks';

import { useApp } from '../context';
import { Sheet } from '../Sheet';
import type { RoomDialogProps } from './Dialogs';
import { useWords } from './useWords';

export function Invite({ room, onClose }: RoomDialogProps) {
  const { model } = useApp();
  const { say } = useWords();
  const input = useRef<HTMLInputElement>(null);
  const [copied, setCopied] = useState<'copied' | 'copy_failed'>();
  const address = `${location.origin}/#/room/${encodeURIComponent(room)}`;
  const locked = model.rooms.value.find(({ name }) => name === room)?.locked === true;
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(address);
      setCopied('copied');
    } catch {
      input.current?.select();
      setCopied('copy_failed');
    }
  };
  return (
    <Sheet id="invite-dialog" title={say('invite')} onClose={onClose}>
      <p>
        {say('invite_how')} {locked && say('invite_key')}
      </p>
      <div class="row">
        <input
          ref={input}
          readOnly
          value={address}
          aria-label={say('invite_link')}
          data-testid="invite-link"
          onClick={(event) => {
            event.currentTarget.select();
          }}
        />
        <button type="button" data-testid="copy-link" onClick={() => void copy()}>
          {say('copy')}
        </button>
      </div>
      <p role="status" class="quiet">
        {copied !== undefined && say(copied)}
      </p>
      {canShare() && (
        <button
          type="button"
          class="plain"
          onClick={() => {
            // Who puts the sheet of the phone away has decided against it: nothing to say.
            navigator.share({ title: room, url: address }).catch(() => undefined);
          }}
        >
          {say('share')}
        </button>
      )}
      <Code text={address} label={say('invite_qr')} />
    </Sheet>
  );
}

/** Beside the modules of the code: the white margin that cameras need. */
const MARGIN = 4;

/** A QR code of drawn elements, black on white in every theme: cameras want it so. */
function Code({ text, label }: { text: string; label: string }) {
  const [rows, setRows] = useState<readonly (readonly boolean[])[]>();
  useEffect(() => {
    let wanted = true;
    import('uqr').then(
      ({ encode }) => {
        if (wanted) setRows(encode(text, { border: MARGIN }).data);
      },
      // The address is there as text.
      () => undefined,
    );
    return () => {
      wanted = false;
    };
  }, [text]);
  if (rows === undefined) return <div class="qr" />;
  const modules = rows.flatMap((row, y) =>
    row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : '')),
  );
  return (
    <svg class="qr" viewBox={`0 0 ${rows.length} ${rows.length}`} role="img" aria-label={label}>
      <path d={modules.join('')} shape-rendering="crispEdges" />
    </svg>
  );
}

function canShare(): boolean {
  return 'share' in navigator;
}

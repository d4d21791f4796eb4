/**
 * A part of the page that is loaded when it is wanted. Where that fails (no connection, or a page
 * so old that its parts are gone) it says so and offers another try; browsers that remember the
 * failure need the whole page anew.
 */
import type { FunctionComponent } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import { useApp } from './context';
import { Sheet } from './Sheet';

/** Loading that is done by then is not worth a word. */
const PATIENCE_MS = 500;

export function later<P extends { readonly onClose: () => void }>(
  load: () => Promise<FunctionComponent<P>>,
): FunctionComponent<P> {
  let Part: FunctionComponent<P> | undefined;
  return function Later(props: P) {
    const { say } = useApp().strings;
    const [state, set] = useState<'quiet' | 'loading' | 'failed'>('quiet');
    const [turn, setTurn] = useState(0);
    useEffect(() => {
      if (Part !== undefined) return undefined;
      let wanted = true;
      const show = (next: typeof state) => {
        if (wanted) set(next);
      };
      const patience = setTimeout(show, PATIENCE_MS, 'loading');
      load()
        .then(
          (part) => {
            Part = part;
            show('quiet');
            // Nothing has changed for who saw no word of it.
            if (wanted) setTurn(-1);
          },
          () => {
            show('failed');
          },
        )
        .finally(() => {
          clearTimeout(patience);
        });
      return () => {
        wanted = false;
        clearTimeout(patience);
      };
    }, [turn]);
    if (Part !== undefined) return <Part {...props} />;
    if (state === 'quiet') return null;
    return (
      <Sheet
        id="later"
        title={say(state === 'failed' ? 'later_failed' : 'later')}
        onClose={props.onClose}
      >
        {/* The button stays while it works: the focus is on it. */}
        {(state === 'failed' || turn > 0) && (
          <div class="row">
            <button
              type="button"
              onClick={() => {
                set('loading');
                setTurn(turn + 1);
              }}
            >
              {say('try_again')}
            </button>
            {turn > 0 && (
              <button
                type="button"
                class="plain"
                onClick={() => {
                  location.reload();
                }}
              >
                {say('reload')}
              </button>
            )}
          </div>
        )}
      </Sheet>
    );
  };
}

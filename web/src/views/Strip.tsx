/**
 * One line over the open pane that says what is wrong with the connection or the gateway, if
 * anything is, and for how long; else what the board has to say. A loss that is over within a
 * second is not worth a word.
 */
import { useEffect, useState } from 'preact/hooks';

import type { Model } from '../state/model';
import type { Strings } from '../strings';
import { useApp } from './context';
import { Notices } from './Talk';

/** A connection lost for less than this is nobody's business. */
const PATIENCE_MS = 1_000;
/** Seconds are only shown once there are a few of them. */
const WORTH_COUNTING_S = 3;

interface Line {
  /** With a place `{for}` for how long, if that is to be said. */
  readonly text: string;
  readonly reload?: boolean;
}

export function Strip() {
  const { model, strings } = useApp();
  const lostAt = model.lostAt.value;
  const lost = useElapsed(lostAt);
  const shown = choose(model, strings, lost);
  return (
    <div class="strip" role="status" data-testid="strip">
      {shown === undefined ? (
        <Notices />
      ) : (
        <p>
          <span>
            <Words line={shown} elapsed={lost} />
          </span>
          {shown.reload === true && (
            <button
              type="button"
              class="plain"
              onClick={() => {
                location.reload();
              }}
            >
              {strings.say('reload')}
            </button>
          )}
        </p>
      )}
    </div>
  );
}

/** How long is for the eyes only: a screen reader is not to be told each second. */
function Words({ line, elapsed }: { line: Line; elapsed: number }) {
  const { strings } = useApp();
  const [before = '', after] = line.text.split('{for}');
  if (after === undefined) return <>{before}</>;
  const seconds = Math.floor(elapsed / 1_000);
  return (
    <>
      {before}
      {seconds >= WORTH_COUNTING_S && <span aria-hidden="true">{span(strings, seconds)}</span>}
      {after}
    </>
  );
}

function span({ say }: Strings, seconds: number): string {
  if (seconds < 120) return say('for_seconds', { n: seconds });
  const minutes = Math.floor(seconds / 60);
  if (minutes < 120) return say('for_minutes', { n: minutes });
  return say('for_hours', { n: Math.floor(minutes / 60) });
}

function choose(model: Model, strings: Strings, lost: number): Line | undefined {
  const { say } = strings;
  const waiting = model.waiting.value;
  const status = model.status.value;
  const outdated = model.outdated.value;
  if (outdated === 'renewing') return { text: say('renewing') };
  if (outdated === 'old') return { text: say('outdated'), reload: true };
  if (status === 'closed') return { text: say('closed'), reload: true };
  // It fills while there is no connection, and what is typed then stays in its field.
  if (model.full.value) return { text: say('outbox_full') };
  if (!model.keeps.value && waiting > 0) return { text: say('not_kept') };
  if (lost >= PATIENCE_MS && (status === 'connecting' || status === 'offline')) {
    const refusal = model.refusal.value;
    if (refusal !== undefined) return { text: strings.why(refusal) };
    if (status === 'connecting' && model.me.value === undefined) return { text: say('connecting') };
    // The client goes from one to the other with each try: to a person they are the same.
    return { text: waiting === 0 ? say('offline') : strings.count('offline_waiting', waiting) };
  }
  if (!model.gateway.value.storing) return { text: say('not_storing') };
  return undefined;
}

/** Milliseconds since then, counted each second while the page is looked at; 0 without a then. */
function useElapsed(since: number | undefined): number {
  const [now, tick] = useState(0);
  useEffect(() => {
    if (since === undefined) return undefined;
    const turn = () => {
      tick(Date.now());
    };
    const timer = setInterval(turn, 1_000);
    turn();
    return () => {
      clearInterval(timer);
    };
  }, [since]);
  return since === undefined ? 0 : Math.max(0, now - since);
}

/**
 * Reading and writing are loaded when somebody has come in, while the connection is being made: the
 * first thing that a phone shows needs neither.
 */
import { signal } from '@preact/signals';
import type { ComponentProps } from 'preact';
import { useEffect } from 'preact/hooks';

type Parts = typeof import('./talk');

/** Pause before a load that failed is tried again. */
const AGAIN_MS = 2_000;

const parts = signal<Parts | undefined>(undefined);

export async function loadTalk(): Promise<void> {
  parts.value ??= await import('./talk');
}

export function Log(props: ComponentProps<Parts['Log']>) {
  useEffect(keepLoading, []);
  const talk = parts.value;
  return talk === undefined ? <div class="log-pane" /> : <talk.Log {...props} />;
}

export function Composer(props: ComponentProps<Parts['Composer']>) {
  const talk = parts.value;
  return talk === undefined ? null : <talk.Composer {...props} />;
}

export function Notices() {
  const talk = parts.value;
  return talk === undefined ? null : <talk.Notices />;
}

function keepLoading(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const load = () => {
    loadTalk().catch(() => {
      timer = setTimeout(load, AGAIN_MS);
    });
  };
  load();
  return () => {
    clearTimeout(timer);
  };
}

/** Requests that may take their time: what the gateway refuses for the moment is asked again. */
import type { Answer, Ask, Refusal, Requests } from './wire';

const TRIES = 5;
const PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

/** How long to wait before a refused request is made again. */
export function pauseOf(refusal: Refusal | undefined, otherwise = PAUSE_MS): number {
  return Math.min(Math.max(refusal?.retry_after_ms ?? otherwise, 50), LONGEST_PAUSE_MS);
}

/** Whether a refusal is only for the moment. */
export function isPassing({ code }: Refusal): boolean {
  return code === 'rate' || code === 'busy';
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Asks until the answer is another than *not now*; rejects when none came. */
export async function patiently<E extends keyof Requests>(
  ask: Ask,
  event: E,
  argument: Requests[E]['ask'],
): Promise<Answer<Requests[E]['answer']>> {
  for (let tries = 1; ; tries += 1) {
    const answer = await ask(event, argument);
    if (answer.ok || !isPassing(answer.error) || tries === TRIES) return answer;
    await pause(pauseOf(answer.error));
  }
}

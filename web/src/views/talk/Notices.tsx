/** What everybody should know of the board, one sentence at a time; each can be put away. */
import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

import { messageStrings } from '../../strings/message';
import { useApp } from '../context';

/** What was put away and is still so. If it comes again after it was over, it is news again. */
const closed = signal<readonly string[]>([]);

export function Notices() {
  const { model, strings } = useApp();
  const korean = /^ko\b/i.test(strings.language);
  const notices = model.notices.value.map(({ text, ko, level }) => ({
    ...(korean && ko !== undefined ? { text: ko, language: 'ko' } : { text, language: 'en' }),
    urgent: level === 'warning',
  }));
  notices.sort((one, other) => Number(other.urgent) - Number(one.urgent));
  if (!model.gateway.value.clock) {
    const text = messageStrings(strings)('clock');
    notices.push({ text, language: strings.language, urgent: false });
  }
  const still = closed.value.filter((gone) => notices.some(({ text }) => text === gone));
  useEffect(() => {
    if (still.length < closed.value.length) closed.value = still;
  });
  const shown = notices.find(({ text }) => !closed.value.includes(text));
  if (shown === undefined) return null;
  return (
    <p class="notice">
      <span lang={shown.language}>{shown.text}</span>
      <button
        type="button"
        class="plain"
        aria-label={strings.say('close')}
        onClick={() => {
          closed.value = [...still, shown.text];
        }}
      >
        ✕
      </button>
    </p>
  );
}

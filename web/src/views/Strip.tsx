/** One line across the page that says what is wrong with the connection or the gateway, if anything. */
import { useApp } from './context';

export function Strip() {
  const line = useLine();
  return (
    <div class="strip" role="status" data-testid="strip">
      {line !== undefined && <p>{line}</p>}
    </div>
  );
}

function useLine(): string | undefined {
  const { model, strings } = useApp();
  const refusal = model.refusal.value;
  const waiting = model.waiting.value;
  switch (model.status.value) {
    case 'connecting':
      return strings.say('connecting');
    case 'offline':
      if (refusal !== undefined) return strings.why(refusal);
      return waiting === 0 ? strings.say('offline') : strings.count('offline_waiting', waiting);
    case 'closed':
      return strings.say('closed');
    default:
  }
  if (!model.gateway.value.storing) return strings.say('not_storing');
  if (!model.gateway.value.clock) return strings.say('clock');
  const notice = model.notice.value;
  return notice === 'outbox_full' ? strings.say(notice) : notice;
}

/** The strings of messages and notices, which are loaded with reading and writing. */
import type { Strings } from '.';

const en = {
  explain_waiting: 'It is kept on this phone and goes out by itself when there is a connection.',
  explain_sending: 'It is on its way to the gateway.',
  explain_relayed: 'Everybody who is here has it. The gateway is about to save it.',
  explain_stored: 'The gateway has saved it on its card. It survives a power cut.',
  explain_unstored:
    'Everybody who is here has it, but the gateway could not save it yet. This phone tries again by itself.',
  copy: 'Copy text',
  copied: 'Copied',
  copy_failed: 'This browser does not let the page copy.',
  original: 'Go to the original',
  retry: 'Send again',
  time_unknown: 'When this was said is not known: the gateway’s clock was not set.',
  time_about: '{time}, or about then: the gateway’s clock was not set.',
  discard: 'Discard',
  about: 'about',
  clock: 'The gateway’s clock is not set: times may be wrong.',
};

const ko: Record<keyof typeof en, string> = {
  explain_waiting: '이 기기에 보관되어 있고, 연결되면 자동으로 전송됩니다.',
  explain_sending: '게이트웨이로 보내는 중입니다.',
  explain_relayed: '지금 있는 사람 모두에게 전달되었습니다. 곧 저장됩니다.',
  explain_stored: '게이트웨이의 카드에 저장되었습니다. 전원이 꺼져도 남습니다.',
  explain_unstored:
    '지금 있는 사람에게는 전달되었지만 게이트웨이가 아직 저장하지 못했습니다. 이 기기에서 자동으로 다시 시도합니다.',
  copy: '텍스트 복사',
  copied: '복사했습니다',
  copy_failed: '이 브라우저에서는 복사할 수 없습니다.',
  original: '원래 메시지로 이동',
  retry: '다시 보내기',
  time_unknown: '게이트웨이의 시계가 맞춰져 있지 않아 언제 쓴 메시지인지 알 수 없습니다.',
  time_about: '{time}쯤. 게이트웨이의 시계가 맞춰져 있지 않았습니다.',
  discard: '버리기',
  about: '대략',
  clock: '게이트웨이의 시계가 맞춰지지 않아 시각이 틀릴 수 있습니다.',
};

export type MessageKey = keyof typeof en;

export function messageStrings({ language }: Strings): (key: MessageKey) => string {
  const words = /^ko\b/i.test(language) ? ko : en;
  return (key) => words[key];
}

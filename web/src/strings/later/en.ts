/** English for what is loaded later: the dialogs and the export. */
export const en = {
  // The menu of a room
  people: 'People here',
  days: 'Jump to a day',
  invite: 'Invite others',
  export: 'Save the conversation',
  privacy: 'Who can read this?',
  settings: 'Settings',
  leave: 'Leave this room',
  loading: 'Loading…',
  try_again: 'Try again',
  cancel: 'Cancel',
  save: 'Save',
  // People
  you: 'you',
  // Days
  days_none: 'Nothing that was said here is kept.',
  days_failed: 'The gateway did not tell the days.',
  day_gone: 'What was said on that day is not to be had right now.',
  // Invitation
  invite_how:
    'Whoever is in the same network can open this address, or point a camera at the picture.',
  invite_key: 'The key of the room is not in it: tell it yourself.',
  invite_link: 'Address of the room',
  invite_qr: 'Picture of the address for a camera',
  copy: 'Copy',
  copied: 'Copied',
  copy_failed: 'The browser did not allow it. The address is marked: copy it by hand.',
  share: 'Share…',
  // Leaving
  leave_unsent_one: '{n} message of yours has not been sent. It is lost if you leave now.',
  leave_unsent: '{n} messages of yours have not been sent. They are lost if you leave now.',
  leave_anyway: 'Leave and lose them',
  stay: 'Stay',
  // Who can read
  read_open: 'Anyone who reaches this gateway can come into this room',
  read_locked: 'Whoever has the key can come into this room',
  read_kept: 'and read what has been kept: up to {messages} messages, for {days} days.',
  read_kept_unknown: 'and read what has been kept.',
  read_operator:
    'Whoever runs the gateway can read everything; it is stored on its card without encryption.',
  // Settings
  theme: 'Appearance',
  theme_system: 'Like the system',
  theme_light: 'Light',
  theme_dark: 'Dark',
  size: 'Text size',
  language: 'Language',
  language_system: 'Like the browser',
  alerts: 'When I am mentioned',
  sound: 'Play a sound',
  vibrate: 'Vibrate',
  connection: 'Connection',
  connection_none: 'none',
  connection_websocket: 'WebSocket',
  connection_polling: 'long-polling (works everywhere, a little slower)',
  unkept: 'This browser keeps nothing: settings last as long as this page.',
  forget: 'Forget me on this phone',
  forget_sure:
    'Name, settings, kept messages and what is unsent are removed from this phone. What you said stays in the rooms.',
  forget_yes: 'Forget me',
  // Export
  export_what:
    'One file with everything that the gateway still has of this room. It opens in any browser, also offline.',
  export_start: 'Make the file',
  export_progress_one: '{n} message…',
  export_progress: '{n} messages…',
  export_done_one: '{n} message is in the file.',
  export_done: '{n} messages are in the file.',
  export_save: 'Save the file',
  export_nothing:
    'If nothing was saved: this window does not allow it. Open the address in your browser.',
  export_impossible: 'This window cannot save files. Open the address in your browser.',
  export_failed: 'It broke off: the gateway did not answer.',
  export_of: '{room}: conversation',
  export_at: 'Saved on {date} from {title}',
  export_count_one: '{n} message',
  export_count: '{n} messages',
  export_answer: 'answer to {name}',
  export_answer_lost: 'answer to a message that is no longer kept',
};

export type LaterKey = keyof typeof en;
export type LaterDictionary = Readonly<Record<LaterKey, string>>;

/**
 * The script that each wire puts first into the page: it tells the wire of every script error,
 * every rejection that nobody took, every `console.error` and every violation of the
 * Content-Security-Policy, in all engines alike. Not of failed requests: losing the network is no
 * fault of the page.
 */
export const WATCH = `
(() => {
  const seen = (window.madangSeen = []);
  const tell = (what) => {
    seen.push(what);
    try {
      navigator.sendBeacon('/wire-report', what);
    } catch {}
  };
  addEventListener('error', (event) => {
    if (event.message) tell('error: ' + event.message + ' at ' + event.filename + ':' + event.lineno);
  });
  addEventListener('unhandledrejection', (event) => tell('rejection: ' + event.reason));
  document.addEventListener('securitypolicyviolation', (event) => {
    tell('CSP: ' + event.violatedDirective + ' ' + event.blockedURI + ' ' + event.sample);
  });
  const { error } = console;
  console.error = (...args) => {
    tell('console.error: ' + args.join(' '));
    error.apply(console, args);
  };
})();
`;

/** `window.WebSocket` is missing, as in the sheet of a captive portal. */
export const NO_WEBSOCKET = `Object.defineProperty(window, 'WebSocket', { value: undefined });`;

/** Storage is forbidden: touching it throws. */
export const NO_STORAGE = `
for (const name of ['localStorage', 'sessionStorage']) {
  Object.defineProperty(window, name, {
    get() {
      throw new DOMException('denied', 'SecurityError');
    },
  });
}
`;

/** Storage is full: what is there can be read, nothing more is taken. */
export const FULL_STORAGE = `
Storage.prototype.setItem = function () {
  throw new DOMException('full', 'QuotaExceededError');
};
`;

/** The phone's clock is off. */
export const clockOff = (ms: number): string => `
(() => {
  const Real = Date;
  const now = () => Real.now() + ${ms};
  window.Date = class Date extends Real {
    constructor(...args) {
      if (args.length === 0) super(now());
      else super(...args);
    }
    static now() {
      return now();
    }
  };
})();
`;

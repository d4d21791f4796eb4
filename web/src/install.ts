/**
 * Registers the service worker, where the browser allows one (a certificate that it trusts). That
 * the page cannot be kept is no trouble to anybody: failing is silent.
 */

/** What Trusted Types are here; browsers without them take the plain string. */
interface Policies {
  readonly createPolicy: (
    name: string,
    rules: { createScriptURL: (address: string) => string },
  ) => { createScriptURL: (address: string) => unknown };
}

const WORKER = '/sw.js';

export function install(page: Window): void {
  const policies = (page as { trustedTypes?: Policies }).trustedTypes;
  if (!page.isSecureContext || !('serviceWorker' in page.navigator)) return;
  const start = () => {
    try {
      // The only address that this page's one policy lets through.
      const policy = policies?.createPolicy('madang', { createScriptURL: () => WORKER });
      const address = (policy?.createScriptURL(WORKER) ?? WORKER) as string;
      page.navigator.serviceWorker
        .register(address, { updateViaCache: 'none' })
        .catch(() => undefined);
    } catch {
      // Forbidden, as in a captive portal's sheet.
    }
  };
  // What is on the screen comes first.
  if (page.document.readyState === 'complete') start();
  else page.addEventListener('load', start, { once: true });
}

import { expect, test, vi } from 'vitest';

import { install } from '../src/install';

function page(parts: object): { register: ReturnType<typeof vi.fn>; window: Window } {
  const register = vi.fn(() => Promise.reject(new Error('no')));
  const window = {
    isSecureContext: true,
    navigator: { serviceWorker: { register } },
    document: { readyState: 'complete' },
    ...parts,
  };
  return { register, window: window as unknown as Window };
}

test('the worker is registered by an address that the policy makes', () => {
  const made = { toString: () => '/sw.js' };
  const createPolicy = vi.fn(() => ({ createScriptURL: () => made }));
  const { register, window } = page({ trustedTypes: { createPolicy } });
  install(window);
  expect(createPolicy).toHaveBeenCalledWith('madang', expect.anything());
  expect(register).toHaveBeenCalledWith(made, { updateViaCache: 'none' });
});

test('without Trusted Types the plain address is taken', () => {
  const { register, window } = page({});
  install(window);
  expect(register).toHaveBeenCalledWith('/sw.js', { updateViaCache: 'none' });
});

test('where no worker may be, nothing is tried and nothing breaks', () => {
  const insecure = page({ isSecureContext: false });
  install(insecure.window);
  expect(insecure.register).not.toHaveBeenCalled();
  install(page({ navigator: {} }).window);
  const createPolicy = () => {
    throw new TypeError('policy "madang" already exists');
  };
  install(page({ trustedTypes: { createPolicy } }).window);
});

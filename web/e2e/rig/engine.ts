/** A browser that is running, and trusts the local CA of the tests and nothing else new. */
import type { Tab } from './tab';

export interface Engine {
  readonly name: string;
  /** A phone: nothing in its storage, not even what another phone in the same browser keeps. */
  phone(options?: PhoneOptions): Promise<Phone>;
  close(): Promise<void>;
}

export interface PhoneOptions {
  /** What the browser says it speaks; where an engine cannot be told per phone, it is English. */
  readonly locale?: string;
}

export interface Phone {
  tab(): Promise<Tab>;
  close(): Promise<void>;
}

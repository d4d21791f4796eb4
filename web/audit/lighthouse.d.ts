/** As much of Lighthouse as is used here: it is not installed where the page is only built. */
declare module 'lighthouse' {
  export interface Audit {
    readonly title: string;
    readonly score: number | null;
    readonly numericValue?: number;
    readonly displayValue?: string;
    readonly details?: unknown;
  }

  export interface Category {
    readonly score: number | null;
    readonly auditRefs: readonly { readonly id: string; readonly weight: number }[];
  }

  export interface Report {
    readonly runtimeError?: { readonly message: string };
    readonly audits: Readonly<Record<string, Audit>>;
    readonly categories: Readonly<Record<string, Category>>;
  }

  export interface Flags {
    readonly port: number;
    readonly onlyCategories?: readonly string[];
    readonly onlyAudits?: readonly string[];
    readonly disableStorageReset?: boolean;
    readonly logLevel?: 'silent' | 'error' | 'info';
  }

  export default function lighthouse(
    url: string,
    flags: Flags,
  ): Promise<{ readonly lhr: Report } | undefined>;
}

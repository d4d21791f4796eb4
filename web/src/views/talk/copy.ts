/** Puts a text where it can be pasted from, also where the page may not ask for the clipboard. */

/** `host`: where a field may stand; within an open dialog nothing outside can be selected. */
export async function copy(text: string, host: Element): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copySelected(text, host);
  }
}

function copySelected(text: string, host: Element): boolean {
  const focused = document.activeElement;
  const field = document.createElement('textarea');
  field.className = 'sr';
  field.readOnly = true;
  field.value = text;
  host.append(field);
  field.select();
  let done = false;
  try {
    // eslint-disable-next-line @typescript-eslint/no-deprecated, baseline/use-baseline -- all there is without a certificate
    done = document.execCommand('copy');
  } catch {
    // Not allowed either.
  }
  field.remove();
  if (focused instanceof HTMLElement) focused.focus();
  return done;
}

/** References that put the focus where a person goes on typing: once, when the field appears. */
export function focused(field: HTMLInputElement | null): void {
  field?.focus({ preventScroll: true });
}

export function selected(field: HTMLInputElement | null): void {
  focused(field);
  field?.select();
}

/** Lines that tell who and which: `before 1 🎉`, `before 2 🎉` … */
export function numbered(who: string, from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, index) => `${who} ${from + index} 🎉`);
}

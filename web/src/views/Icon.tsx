/** A drawing of lines, 24 by 24, in the colour of the text around it; words stand beside it. */
export function Icon({ path }: { path: string }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={path} />
    </svg>
  );
}

/** The few that are there from the first. */
export const BACK = 'M15 5l-7 7 7 7';
export const MORE = 'M12 5.5v.01M12 12v.01M12 18.5v.01';
export const GEAR = 'M4 7h9m4 0h3M4 17h3m4 0h9M15 4.5v5M9 14.5v5';
export const KEY = 'M7 11V8a5 5 0 0 1 10 0v3M5.5 11h13v9h-13z';
export const PERSON =
  'M12 11.5a3.8 3.8 0 1 0 0-7.6 3.8 3.8 0 0 0 0 7.6zM4.5 20.5c.5-9.5 14.5-9.5 15 0';
export const PEN = 'M4.5 19.5l1-4.5L15.5 5l3.5 3.5L9 18.5zM13 7.5l3.5 3.5';

/** People whose name goes on as what is being typed after an `@`, to choose from. */
interface Props {
  readonly id: string;
  readonly label: string;
  readonly names: readonly string[];
  readonly chosen: number;
  readonly choose: (name: string) => void;
}

export function Suggestions({ id, label, names, chosen, choose }: Props) {
  return (
    <ul class="suggestions" role="listbox" id={id} aria-label={label}>
      {names.map((name, index) => (
        <li
          key={name}
          id={`${id}-${index}`}
          role="option"
          aria-selected={index === chosen}
          onPointerDown={(event) => {
            // The field keeps the focus.
            event.preventDefault();
          }}
          onClick={() => {
            choose(name);
          }}
        >
          <bdi>{name}</bdi>
        </li>
      ))}
    </ul>
  );
}

/** The days on which something was said, newest first; choosing one leads there. */
import { useEffect, useState } from 'preact/hooks';

import type { Day } from '../../connection/wire';
import { dateOf, dayFormat, firstOf } from '../../state/localday';
import { spotlight } from '../../state/spotlight';
import { useApp } from '../context';
import { Sheet } from '../Sheet';
import type { RoomDialogProps } from './Dialogs';
import { useWords } from './useWords';

type State = 'loading' | 'failed' | readonly Day[];

/** Further pages that are looked through for the first message of a day. */
const PAGES = 20;

export function Days({ room, onClose }: RoomDialogProps) {
  const { model } = useApp();
  const { say, language } = useWords();
  const [state, set] = useState<State>('loading');
  const [gone, setGone] = useState(false);
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    let wanted = true;
    const show = (next: State) => {
      if (wanted) set(next);
    };
    model.days(room).then(
      (answer) => {
        show(answer.ok ? [...answer.days].reverse() : 'failed');
      },
      () => {
        show('failed');
      },
    );
    return () => {
      wanted = false;
    };
  }, [model, room, turn]);

  const choose = async ({ day, seq }: Day) => {
    if (!(await model.show(room, seq))) {
      setGone(true);
      return;
    }
    const view = model.open(room);
    let first = firstOf(day, view.value.entries);
    for (let page = 0; first === undefined && page < PAGES; page += 1) {
      if (view.value.newer !== 'some') break;
      await model.newer(room);
      first = firstOf(day, view.value.entries);
    }
    onClose();
    spotlight.value = { room, seq: first ?? seq };
  };

  return (
    <Sheet id="days-dialog" title={say('days')} onClose={onClose}>
      {gone && (
        <p class="error" role="alert">
          {say('day_gone')}
        </p>
      )}
      {state === 'loading' && <p class="quiet">{say('loading')}</p>}
      {state === 'failed' && (
        <>
          <p class="error" role="alert">
            {say('days_failed')}
          </p>
          <button
            type="button"
            onClick={() => {
              set('loading');
              setTurn(turn + 1);
            }}
          >
            {say('try_again')}
          </button>
        </>
      )}
      {typeof state === 'object' && (
        <>
          {state.length === 0 && <p class="quiet">{say('days_none')}</p>}
          <Months days={state} language={language} onChoose={(day) => void choose(day)} />
        </>
      )}
    </Sheet>
  );
}

interface MonthsProps {
  readonly days: readonly Day[];
  readonly language: string;
  readonly onChoose: (day: Day) => void;
}

function Months({ days, language, onChoose }: MonthsProps) {
  const month = dayFormat(language, { year: 'numeric', month: 'long' });
  const name = dayFormat(language, { weekday: 'long', month: 'long', day: 'numeric' });
  const months = new Map<string, Day[]>();
  for (const day of days) {
    const known = months.get(month(day.day));
    if (known === undefined) months.set(month(day.day), [day]);
    else known.push(day);
  }
  return (
    <>
      {[...months].map(([title, list]) => (
        <section key={title} class="month">
          <h3>{title}</h3>
          <ul>
            {list.map((day) => (
              <li key={day.day}>
                <button
                  type="button"
                  class="plain"
                  data-day={dateOf(day.day)}
                  onClick={() => {
                    onChoose(day);
                  }}
                >
                  {name(day.day)}
                </button>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </>
  );
}

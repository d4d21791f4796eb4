/** The strings of the dialogs, in the language of the moment. */
import { useMemo } from 'preact/hooks';

import { laterStrings, type LaterStrings } from '../../strings/later';
import { useApp } from '../context';

export function useWords(): LaterStrings {
  const { language } = useApp().strings;
  return useMemo(() => laterStrings(language), [language]);
}

/** Another name for who we are; the gateway may have given it away already. */
import { useState } from 'preact/hooks';

import type { Refusal } from '../../connection/wire';
import { tidyName } from '../../state/text';
import { useApp } from '../context';
import { selected } from '../focus';
import { Sheet } from '../Sheet';
import { field, isVisible } from '../Welcome';
import { useWords } from './useWords';

export function Rename({ onClose }: { onClose: () => void }) {
  const { model, strings } = useApp();
  const { say } = useWords();
  const [refusal, refuse] = useState<Refusal>();
  const [blank, setBlank] = useState(false);
  const name = model.me.value?.name ?? '';
  const rename = async (form: HTMLFormElement) => {
    const chosen = tidyName(field(new FormData(form), 'name'));
    setBlank(!isVisible(chosen));
    if (!isVisible(chosen)) return;
    const why = chosen === name ? undefined : await model.rename(chosen);
    if (why === undefined) onClose();
    else refuse(why);
  };
  const error = blank
    ? strings.say('name_blank')
    : refusal === undefined
      ? ''
      : strings.why(refusal);
  return (
    <Sheet id="rename-dialog" title={strings.say('rename')} onClose={onClose}>
      <form
        class="row"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void rename(event.currentTarget);
        }}
      >
        <input
          name="name"
          aria-label={strings.say('name_label')}
          aria-invalid={error !== ''}
          aria-describedby="rename-error"
          defaultValue={name}
          autoComplete="nickname"
          autoCorrect="off"
          spellcheck={false}
          enterkeyhint="done"
          ref={selected}
        />
        <button type="submit">{say('save')}</button>
      </form>
      <p class="error" role="alert" id="rename-error">
        {error}
      </p>
    </Sheet>
  );
}

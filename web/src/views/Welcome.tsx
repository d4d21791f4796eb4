/** The way in: a name, and the entry code where the gateway wants one. */
import { tidyName } from '../state/text';
import { useApp } from './context';

export function Welcome() {
  const { model, strings } = useApp();
  const { say } = strings;
  const { name, code } = model.remembered();
  const refusal = model.refusal.value;
  const codeWanted = refusal?.code === 'unauthorized';
  const enter = (event: SubmitEvent) => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget as HTMLFormElement);
    const chosen = tidyName(field(fields, 'name'));
    if (chosen === '') return;
    model.enter(chosen, codeWanted ? field(fields, 'code').trim() : undefined);
  };
  return (
    <main class="welcome">
      <h1>{model.title.value}</h1>
      <p>{say('tagline')}</p>
      <form onSubmit={enter}>
        <label>
          {say('name_label')}
          <input name="name" defaultValue={name} required autoComplete="nickname" autofocus />
        </label>
        {codeWanted && (
          <label>
            {say('code_label')}
            <input name="code" required autoComplete="off" autoCapitalize="none" />
          </label>
        )}
        {refusal !== undefined && (
          <p class="error" role="alert">
            {codeWanted ? say(code === '' ? 'code_wanted' : 'code_wrong') : strings.why(refusal)}
          </p>
        )}
        <button type="submit">{say('enter')}</button>
      </form>
    </main>
  );
}

export function field(fields: FormData, name: string): string {
  const value = fields.get(name);
  return typeof value === 'string' ? value : '';
}

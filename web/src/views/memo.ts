/** Keeps a component from being drawn again while its properties stay the same, one by one. */
import { Component, h, type FunctionComponent } from 'preact';

export function memo<P extends object>(Part: FunctionComponent<P>): FunctionComponent<P> {
  class Memo extends Component<P> {
    override shouldComponentUpdate(next: Readonly<P>): boolean {
      const names = Object.keys({ ...this.props, ...next }) as (keyof P)[];
      return names.some((name) => next[name] !== this.props[name]);
    }
    override render() {
      return h(Part, this.props as P & Record<string, unknown>);
    }
  }
  return (props) => h(Memo, props as P & Record<string, unknown>);
}

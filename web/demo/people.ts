/** Who is in the demo's rooms. */
import type { Person } from '../src/connection/wire';

export const tom: Person = { id: 'p-tom', name: 'Captain Tom' };
export const mina: Person = { id: 'p-mina', name: 'Mina' };
export const lars: Person = { id: 'p-lars', name: 'Lars' };
export const anna: Person = { id: 'p-anna', name: 'Anna' };
export const head: Person = { id: 'p-head', name: '이장 김영희' };
export const chulsoo: Person = { id: 'p-chulsoo', name: '박철수' };
export const minsu: Person = { id: 'p-minsu', name: '민수' };
export const teacher: Person = { id: 'p-teacher', name: '담임 선생님' };
export const harin: Person = { id: 'p-harin', name: '하린' };
export const doyun: Person = { id: 'p-doyun', name: '도윤' };
/** Whoever looks at the page; the name is the one they came in with. */
export const ME = 'p-me';

/** Reading and writing: all that a room needs and the way into it does not. */
import '../../styles/log.css';
import '../../styles/line.css';
import '../../styles/composer.css';

export { Composer } from './Composer';
export { Log } from './Log';
export { Notices } from './Notices';

export { event, NotInTime, until, within } from '../../cli/src/scenario/wait.js';

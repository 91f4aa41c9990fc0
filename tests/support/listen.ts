export { listen } from '../../cli/src/scenario/listen.js';

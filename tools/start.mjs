// `npm start`: sets up what is missing, starts the quickstart's Envoys and services, shows governed traffic, and stays.
import { root, say, setup } from './setup.mjs';

say('Tollgate quickstart');
setup();
const { quickstart } = await import(`${root}/examples/quickstart/quickstart.mjs`);
process.exitCode = await quickstart();

// `npm start`: sets up what is missing, starts the quickstart's Envoys and services, shows governed traffic, and stays.
import { endsWhenAsked } from './program.mjs';
import { fail, root, say, setup } from './setup.mjs';

say('Tollgate quickstart');
// Before anything is built, which may take minutes.
const { portsInUse } = await import(`${root}/examples/quickstart/ports.mjs`);
const taken = await portsInUse();
if (taken) fail(taken);
endsWhenAsked();
await setup();
const { quickstart } = await import(`${root}/examples/quickstart/quickstart.mjs`);
process.exitCode = await quickstart();

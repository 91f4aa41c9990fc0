// Lets node run TypeScript: `node --import ./tools/ts-node.mjs file.ts`. The only file that knows about ts-node.
import { register } from 'node:module';
import { pathToFileURL } from 'node:url';

process.env.TS_NODE_TRANSPILE_ONLY = 'true';
process.env.TS_NODE_PROJECT = new URL('../tsconfig.tests.json', import.meta.url).pathname;
register('ts-node/esm', pathToFileURL('./'));

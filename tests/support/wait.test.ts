import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { event, NotInTime, until, within } from './wait.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

test('what comes is given, and what went wrong is told', async () => {
  assert.equal(await within('a number', Promise.resolve(7)), 7);
  await assert.rejects(within('a number', Promise.reject(new TypeError('none'))), TypeError);
  const emitter = new EventEmitter();
  const heard = event('a word', emitter, 'word');
  emitter.emit('word', 'hello');
  assert.deepEqual(await heard, ['hello']);
  const broken = event('a word', emitter, 'word');
  emitter.emit('error', new RangeError('gone'));
  await assert.rejects(broken, RangeError);
  let asked = 0;
  await until('the third time', () => ++asked === 3);
});

test('what does not come is named', async () => {
  const alive = setInterval(() => {}, 1000);
  const said: string[] = ['one'];
  const late = within(() => `a line; there was ${said}`, new Promise(() => {}), 20);
  said.push('two');
  await assert.rejects(late, new NotInTime('waited 0.02 s for a line; there was one,two'));
  await assert.rejects(
    until('the end', () => false, 10),
    new NotInTime('waited 0.01 s for the end'),
  );
  clearInterval(alive);
});

/** What waits for as long as nothing comes. */
const boundless = /import \{[^}]*\bonce\b[^}]*\} from 'node:events'|from 'node:timers\/promises'|\bawait new Promise\b/;
const exceptions: Record<string, string> = {
  'scenario/src/wait.ts': 'here the bound is',
  'scenario/src/expect-step.ts': 'looks again, for a few seconds',
  'scenario/src/timer-clock.ts': 'bounded by the step that waits',
  'scenario/src/raw-http2.ts': 'bounded as a whole by who calls it',
  'host-sim/src/gateway/streams.test.ts': 'looks again, until its patience is over',
  'host-sim/src/testing/fuzz-both.ts': 'Envoy’s log does not say that it is complete: it is, when it has been quiet',
  'host-sim/src/testing/record.ts': 'the same',
};
/** In memory alone: what does not come there ends the process at once, and Node says which test it was. */
const inMemory = /^(tests\/)?filters\//;

test('every wait of the tests has a bound that names what it waits for', () => {
  const tests = /\.test\.ts$|^(tests|host-sim\/src\/testing|scenario\/src)\/.*\.ts$/;
  const found = readdirSync(root)
    .filter((name) => !/^\.|^node_modules$/.test(name) && statSync(join(root, name)).isDirectory())
    .flatMap((folder) => readdirSync(join(root, folder), { recursive: true }).map((file) => join(folder, String(file))))
    .filter((file) => tests.test(file) && !/\/(node_modules|dist|build)\//.test(file) && !inMemory.test(file))
    .filter((file) => boundless.test(readFileSync(join(root, file), 'utf8')));
  assert.deepEqual(found.sort(), Object.keys(exceptions).sort());
});

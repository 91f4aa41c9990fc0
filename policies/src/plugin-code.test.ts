import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { checkFile } from './check-file.js';
import { formatMistake } from './file-mistake.js';
import { checkModules, withPluginCode } from './plugin-code.js';
import { joinFiles } from './policies.js';

const folder = mkdtempSync(join(tmpdir(), 'tollgate-modules-'));
after(() => rmSync(folder, { recursive: true }));

/** A module with one function, which it exports under a name. */
const module = (name: string) =>
  Buffer.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0],
    ...[7, name.length + 4, 1, name.length, ...Buffer.from(name), 0, 0, 10, 4, 1, 2, 0, 0x0b],
  ]);
const filter = module('proxy_abi_version_0_2_1');
const digest = createHash('sha256').update(filter).digest('hex');

mkdirSync(join(folder, 'filters'));
for (const [name, bytes] of [
  ['a.wasm', filter],
  ['other.wasm', module('main')],
  ['text.wasm', 'a text'],
] as const)
  writeFileSync(join(folder, 'filters', name), bytes);

function policies(url: string, more = '') {
  const text = [
    'apiVersion: tollgate.dev/v1\nkind: Service\nmetadata: {name: vendors}\n',
    `apiVersion: extensions.istio.io/v1alpha1\nkind: WasmPlugin\nmetadata: {name: p}\nspec:\n  url: ${url}\n${more}`,
  ].join('---\n');
  const read = joinFiles([checkFile(join(folder, 'p.yaml'), text)]);
  assert.deepEqual(read.mistakes, []);
  return read;
}

const found = (...given: Parameters<typeof policies>) => {
  const { mistakes, absent } = checkModules(policies(...given));
  const said = (list: typeof mistakes) => list.map((each) => formatMistake(each).replace(`${folder}/`, ''));
  return { mistakes: said(mistakes), absent: said(absent) };
};

test('a module beside its policy is put in line', () => {
  for (const url of ['file://filters/a.wasm', `file://${folder}/filters/a.wasm`]) {
    const read = policies(url, `  sha256: ${digest}\n`);
    assert.deepEqual(checkModules(read), { mistakes: [], absent: [] });
    const [plugin] = withPluginCode(read).model.of('WasmPlugin');
    assert.deepEqual(plugin?.spec.code, { inline: filter.toString('base64') });
  }
});

test('one that is missing is a mistake at its url; from the root it may be where Envoy runs', () => {
  assert.deepEqual(found('file://filters/b.wasm').mistakes, [
    'p.yaml:9:3 spec.url: there is no file filters/b.wasm, did you mean "filters/a.wasm"?',
  ]);
  assert.deepEqual(found('file:///nowhere/b.wasm'), {
    mistakes: [],
    absent: ['p.yaml:9:3 spec.url: there is no file /nowhere/b.wasm here: put it where Envoy runs'],
  });
  const [plugin] = withPluginCode(policies('file:///nowhere/b.wasm')).model.of('WasmPlugin');
  assert.deepEqual(plugin?.spec.code, { file: '/nowhere/b.wasm' });
});

test('one that Envoy could not run, or that is another, is a mistake', () => {
  const cases: [file: string, message: RegExp, more?: string][] = [
    ['text.wasm', /filters\/text.wasm is not a WebAssembly module$/],
    ['other.wasm', /filters\/other.wasm is no Proxy-Wasm filter: it exports no proxy_abi_version_…$/],
    ['a.wasm', new RegExp(`filters/a.wasm has another SHA-256: ${digest}$`), `  sha256: ${'ab'.repeat(32)}\n`],
    ['', /cannot be read: EISDIR/],
  ];
  for (const [file, message, more] of cases) {
    const url = file === '' ? 'file://filters/../filters' : `file://filters/${file}`;
    assert.match(found(url, more).mistakes.join(), message);
    assert.throws(() => withPluginCode(policies(url, more)), /the module of WasmPlugin p: /);
  }
});

test('what is fetched is left to Envoy', () => {
  const read = policies('https://modules.example/a.wasm', `  sha256: ${digest}\n`);
  assert.deepEqual(checkModules(read), { mistakes: [], absent: [] });
  const [plugin] = withPluginCode(read).model.of('WasmPlugin');
  assert.deepEqual(plugin?.spec.code, { uri: 'https://modules.example/a.wasm', sha256: digest });
});

// Envoy reads YAML 1.1: names that are words or numbers there must come out of a bootstrap as the texts that they are.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parse } from 'yaml';
import { tollgate } from '../support/cli.js';
import { realEnvoy } from '../support/envoy.js';
import { Folder } from '../support/folder.js';

const words = ['on', 'n', 'No', 'null', '1e3', '0x1f', '017', 'inf', 'nan', 'yes'];

/** One proxy for each word, which is the name of all that has one. */
function policies(): string {
  return words
    .map((word, index) => {
      const socket = (port: number) => `{address: 127.0.0.1, port: ${port + index}}`;
      return `
apiVersion: tollgate.dev/v1
kind: Service
metadata: {name: "${word}"}
spec: {hosts: ["h${index}.example"], instances: [{address: 127.0.0.1, port: ${9100 + index}, zone: "${word}", labels: {"${word}": "${word}"}}]}
---
apiVersion: tollgate.dev/v1
kind: Node
metadata: {name: "${word}"}
spec: {services: ["${word}"], inbound: [{service: "${word}", listen: ${socket(9100)}, to: ${socket(9200)}}], outbound: {listen: ${socket(9300)}}}
---
apiVersion: tollgate.dev/v1
kind: TokenPolicy
metadata: {name: "${word}"}
spec: {targetRefs: [{kind: Service, name: "${word}"}], systems: [{id: "${word}", secrets: [{env: SECRET}]}]}
`;
    })
    .join('---');
}

test('a bootstrap with such names is the same to Envoy as to us', async () => {
  const folder = new Folder({ 'p.yaml': policies() });
  const { path } = await realEnvoy();
  for (const word of words) {
    const files = ['yaml', 'json'].map((ending) => folder.file(`${word}.${ending}`));
    for (const file of files) {
      const { status: exit, stderr } = await tollgate([
        'bootstrap',
        '-f',
        folder.file('p.yaml'),
        '--node',
        word,
        '-o',
        file,
      ]);
      assert.equal(exit, 0, stderr);
    }
    const [yaml = '', json = ''] = files.map((file) => readFileSync(file, 'utf8'));
    for (const version of ['1.1', '1.2'] as const) assert.deepEqual(parse(yaml, { version }), JSON.parse(json));
    const [file = ''] = files;
    const { status, stdout, stderr } = spawnSync(path, ['--mode', 'validate', '-c', file, '--log-level', 'error'], {
      encoding: 'utf8',
      env: { SECRET: 's' },
      timeout: 60_000,
    });
    assert.equal(status, 0, `${word}: ${stdout}${stderr}`);
  }
});

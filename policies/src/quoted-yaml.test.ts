import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import { quotedYaml } from './quoted-yaml.js';

const words = [
  ...['y', 'N', 'yes', 'No', 'on', 'OFF', 'true', 'null', '~', '', 'inf', 'NaN', '.inf', '.nan', '-', '=', '<<'],
  ...['1', '1e3', '0x1f', '0o17', '017', '1_000', '12:30:45', '2026-11-28', '+1', '.5', '127.0.0.1', '5s', '::1'],
  ...[
    'a',
    'vendors',
    'inbound/vendors/9001',
    '/etc/x',
    'a: b',
    'a #b',
    '@type',
    '*',
    'two\nlines',
    'None',
    'note',
    'Ünder',
  ],
];

test('every text is the same to readers of YAML 1.1 and 1.2, as a value and as a name', () => {
  const value = {
    list: words,
    names: Object.fromEntries(words.map((word) => [word, word])),
    number: 3,
    flag: true,
    none: null,
  };
  const text = quotedYaml(value);
  for (const version of ['1.1', '1.2'] as const) assert.deepEqual(parse(text, { version }), value);
});

test('what cannot be anything else stays plain, and numbers and booleans are none', () => {
  assert.equal(
    quotedYaml({ name: 'vendors', path: '/a', port: 80, on: true, zone: 'no' }),
    'name: vendors\npath: /a\nport: 80\n"on": true\nzone: "no"\n',
  );
});

// docs/hostile.md says which scenario or test shows a case: each must be there.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

const root = new URL('../../', import.meta.url);
const table = readFileSync(new URL('docs/hostile.md', root), 'utf8');
const rows = table.split('\n').filter((line) => /^\| (?!case)[^-]/.test(line));

test('every case has what shows it', () => {
  assert.ok(rows.length >= 30, `${rows.length} rows`);
  const places = rows.map((row) =>
    [...(row.split(' | ').at(-1) ?? '').matchAll(/`([^` ]+)`/g)].map(([, name]) => name ?? ''),
  );
  const missing = places.flatMap((names, index) => (names.length === 0 ? [rows[index]] : []));
  assert.deepEqual(missing, []);
  const files = places.flat().map((name) => (name.includes('/') ? name : `tests/scenarios/${name}.yaml`));
  assert.deepEqual(
    files.filter((file) => !existsSync(new URL(file, root))),
    [],
  );
});

test('every case of bad input that concerns a filter is in the table', () => {
  const numbers = rows.flatMap((row) => [...(/^\| ([\d, ]+) /.exec(row)?.[1] ?? '').matchAll(/\d+/g)].map(Number));
  const elsewhere = [18, 22, 24];
  for (let number = 1; number <= 24; number++)
    assert.ok(numbers.includes(number) || elsewhere.includes(number), `case ${number}`);
});

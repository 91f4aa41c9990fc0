// A bounded run of the fuzzer, and what it ever found. `npm run fuzz -- --seconds 600` runs longer.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { filterSchemas } from '@tollgate/envoy/filter-config';
import { canonicalPath, hostName } from '@tollgate/model';
import fc from 'fast-check';
import type { FuzzRequest } from './call-model.js';
import { type FuzzCase, judge } from './case.js';
import { fuzz } from './fuzz.js';
import { fuzzCase } from './generate.js';
import { forbidden } from './oracle.js';
import { request } from './request.js';

const corpus = new URL('corpus/', import.meta.url);

describe('cases that were found once', () => {
  for (const file of readdirSync(corpus).filter((name) => name.endsWith('.json')))
    test(file, () => judge(JSON.parse(readFileSync(new URL(file, corpus), 'utf8')) as FuzzCase));
});

test('the oracle forbids some of what is asked, and not all', () => {
  const token = fc.sample(fuzzCase, { seed: 1, numRuns: 3000 }).filter(({ filter }) => filter === 'token');
  const asked = token.flatMap(({ config, requests }) => {
    const right = filterSchemas.token.safeParse(config);
    const { targets = [], trustedHops = 0 } = (right.data ?? {}) as { targets?: object[]; trustedHops?: number };
    return targets.flatMap((target) => requests.map((request) => forbidden(target, request, trustedHops).why));
  });
  assert.deepEqual(
    [
      'path_not_canonical',
      'token_duplicate',
      'token_expired',
      'no valid digest',
      'token_system_not_allowed',
      undefined,
    ].filter((why) => !asked.includes(why)),
    [],
  );
});

test('requests are spelled, sized and named in all ways that are asked for', () => {
  const requests = fc.sample(request, { seed: 1, numRuns: 3000 });
  const kinds: Record<string, (made: FuzzRequest) => boolean> = {
    'a closed path in disguise': ({ path }) => path !== '/admin' && canonicalPath(path) === '/admin',
    'a path without a form': ({ path }) => canonicalPath(path.split('?')[0] ?? '') === undefined,
    'a closed host in disguise': ({ authority }) =>
      authority !== 'admin.example.com' && hostName(authority) === 'admin.example.com',
    'no host': ({ authority }) => hostName(authority) === undefined,
    'blanks around a value': ({ headers }) => headers.some(([, value]) => value !== value.trim()),
    'underscores in a name': ({ headers }) => headers.some(([name]) => name.includes('_')),
    'a large path': ({ path }) => path.length > 40_000,
    'a large header': ({ headers }) => headers.some(([, value]) => value.length > 40_000),
  };
  for (const [name, is] of Object.entries(kinds)) assert.ok(requests.filter(is).length >= 5, name);
});

test('no trap, no pass without right', async (context) => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  context.diagnostic(`seed ${seed}`);
  await fuzz({ seed, cases: 500 });
});

/// <reference lib="dom" />
// One table of reasons, model/src/reasons.ts: what the filters and the documents have of it is the same.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { STATUS_CODES } from 'node:http';
import { test } from 'node:test';
import { instantiate } from '@assemblyscript/loader';
import { reasons } from '@tollgate/model';
import { compileFilter } from '../../tools/build-filters.mjs';
import { filterReasons } from '../../tools/filter-reasons.mjs';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const table = Object.entries(reasons);

test('filters/verdict/reason.ts is what node tools/filter-reasons.mjs writes', () => {
  assert.equal(read('filters/verdict/reason.ts'), filterReasons());
});

test('the filters have the same numbers and texts', async () => {
  const { memory, count, text, http, grpc } = await probe();
  /** A slice in the filter's memory: where its bytes are, and how many. */
  const textOf = (reason: number, which: number) => {
    const [at = 0, length = 0] = new Uint32Array(memory.buffer, text(reason, which), 2);
    return Buffer.from(memory.buffer, at, length).toString();
  };
  const found = Array.from({ length: count.value }, (_, reason) => [
    textOf(reason, 0),
    { step: textOf(reason, 1), http: http(reason), grpc: grpc(reason) },
    textOf(reason, 2),
  ]);
  const inWords = (http: number) => STATUS_CODES[http]?.toLowerCase().replaceAll(' ', '_');
  assert.deepEqual(
    found,
    table.map(([reason, answer]) => [reason, answer, inWords(answer.http)]),
  );
});

test('docs/policies/refusals.md lists the same', () => {
  const rows = [...read('docs/policies/refusals.md').matchAll(/^\| (\w+) \| ([\w, ]+) \| (\d+) \| (\d+) \|$/gm)];
  const listed = rows.flatMap(([, step, named = '', http, grpc]) =>
    named.split(', ').map((reason) => [reason, { step, http: Number(http), grpc: Number(grpc) }]),
  );
  assert.deepEqual(listed, table);
});

interface Probe {
  memory: WebAssembly.Memory;
  count: WebAssembly.Global;
  text(reason: number, which: number): number;
  http(reason: number): number;
  grpc(reason: number): number;
}

async function probe(): Promise<Probe> {
  const source = `
    import { Slice } from 'proxy-wasm';
    import { Reason, grpcStatus, httpStatus, reasonText, statusText, stepText } from './reason';
    export const count: i32 = Reason.COUNT;
    export function text(reason: Reason, which: i32): Slice {
      if (which == 0) return reasonText(reason);
      return which == 1 ? stepText(reason) : statusText(httpStatus(reason));
    }
    export function http(reason: Reason): u32 { return httpStatus(reason); }
    export function grpc(reason: Reason): i32 { return grpcStatus(httpStatus(reason)); }`;
  const bytes = await compileFilter('filters/verdict/probe.ts', ['--outFile', 'probe.wasm', '-O1'], source);
  const { exports } = await instantiate<Record<string, unknown>>(Uint8Array.from(bytes), {});
  const { _initialize, ...filter } = exports as unknown as Probe & { _initialize(): void };
  _initialize();
  return filter;
}

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type FilterName, filterSchemas } from '@tollgate/envoy/filter-config';
import { Host, ManualClock, type UpstreamRequest } from '@tollgate/host-sim';
import { normalizePath } from '../../host-sim/src/http/path.js';
import { environment } from '../filters/configurations.js';
import type { Json } from '../filters/mutation.js';
import { applicationPath, type FuzzRequest } from './call-model.js';
import { forbidden, now, proxyHeaders } from './oracle.js';

/** A configuration, as text where it is no JSON, and what is asked of the filter under it. */
export interface FuzzCase {
  filter: FilterName;
  config: Json;
  /** Behind a connection manager that normalises paths, as the emitter sets it up. */
  normalized?: boolean;
  requests: FuzzRequest[];
}

const resolve = createRequire(import.meta.url).resolve;
const modules = new Map<FilterName, Uint8Array>();

function moduleOf(filter: FilterName): Uint8Array {
  const known = modules.get(filter) ?? readFileSync(resolve(`@tollgate/filters/build/${filter}.wasm`));
  modules.set(filter, known);
  return known;
}

/** What a filter may answer by itself. */
const statuses = [200, 400, 401, 403, 429, 503];
/** Larger than Envoy takes. */
const tooLarge = 431;

const normalizing = { normalizePath: true, mergeSlashes: true, escapedSlashes: 'REJECT_REQUEST' } as const;

/** Throws where the filter trapped, let pass what it must not, or (of access alone) refused what it must not. */
export async function judge({ filter, config, normalized = false, requests }: FuzzCase): Promise<void> {
  const sim = await load(filter, config, normalized);
  if (!sim) return;
  const plain: unknown = typeof config === 'string' ? JSON.parse(config) : config;
  const { targets, trustedHops } = filterSchemas[filter].parse(plain) as {
    targets: Record<string, unknown>[];
    trustedHops: number;
  };
  for (const request of requests) {
    const answer = await sim.request(request);
    const shown = `${answer.status} ${answer.header('x-tollgate-reason')} to ${JSON.stringify(request)}`;
    assert.doesNotMatch(answer.localReply?.details ?? '', /wasm_fail/, `it trapped: ${shown}`);
    // A path that does not begin with a slash has no route, and no filter is asked.
    if (!request.path.startsWith('/') && answer.status === 404) continue;
    if (answer.status === tooLarge) continue;
    const path = normalized ? normalizePath(request.path, normalizing) : request.path;
    if (path === undefined) {
      assert.deepEqual([answer.status, answer.header('x-tollgate-reason')], [400, undefined], shown);
      continue;
    }
    assert.ok(statuses.includes(answer.status), shown);
    const { why, exact } = forbidden(targets[0], { ...request, path }, trustedHops);
    if (why) assert.ok(!answer.upstream, `passed without right (${why}): ${shown}`);
    if (exact) assert.equal(answer.header('x-tollgate-reason'), why, shown);
    if (answer.upstream) judgePassed(targets[0], request, answer.upstream, trustedHops, shown);
  }
}

/** What the application gets must be allowed as the application reads it. */
function judgePassed(
  target: Record<string, unknown> | undefined,
  request: FuzzRequest,
  upstream: UpstreamRequest,
  trustedHops: number,
  shown: string,
): void {
  if (upstream.path.startsWith('/')) {
    // Credentials may have been taken off, of the query as of the headers.
    const query = /\?.*/s.exec(request.path)?.[0] ?? '';
    const read = { ...request, path: applicationPath(upstream.path) + query };
    const { why } = forbidden(target, read, trustedHops);
    assert.equal(why, undefined, `passed, and the application reads ${read.path}: ${shown}`);
  }
  const own = proxyHeaders(target);
  const alike = new Set(own.map((name) => name.replaceAll('_', '-')));
  for (const [name] of upstream.headers)
    assert.ok(own.includes(name) || !alike.has(name.replaceAll('_', '-')), `${name} went on: ${shown}`);
}

/** Undefined where the filter refuses the configuration, which it must do in words. */
async function load(filter: FilterName, config: Json, normalized: boolean): Promise<Host | undefined> {
  const text = typeof config === 'string' ? config : JSON.stringify(config);
  try {
    return await Host.load(moduleOf(filter), {
      config: text,
      env: environment,
      clock: new ManualClock(now),
      ...(normalized ? { connection: normalizing } : {}),
    });
  } catch (error) {
    assert.match(String((error as Error).message), /configuration: \$/, `no refusal: ${text}`);
    return undefined;
  }
}

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type FilterName, filterSchemas } from '@tollgate/envoy/filter-config';
import { Host, ManualClock } from '@tollgate/host-sim';
import { environment } from '../filters/configurations.js';
import type { Json } from '../filters/mutation.js';
import type { FuzzRequest } from './call-model.js';
import { forbidden, now } from './oracle.js';

/** A configuration, as text where it is no JSON, and what is asked of the filter under it. */
export interface FuzzCase {
  filter: FilterName;
  config: Json;
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

/** Throws where the filter trapped, let pass what it must not, or (of access alone) refused what it must not. */
export async function judge({ filter, config, requests }: FuzzCase): Promise<void> {
  const sim = await load(filter, config);
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
    assert.ok(statuses.includes(answer.status), shown);
    const { why, exact } = forbidden(targets[0], request, trustedHops);
    if (why) assert.ok(!answer.upstream, `passed without right (${why}): ${shown}`);
    if (exact) assert.equal(answer.header('x-tollgate-reason'), why, shown);
  }
}

/** Undefined where the filter refuses the configuration, which it must do in words. */
async function load(filter: FilterName, config: Json): Promise<Host | undefined> {
  const text = typeof config === 'string' ? config : JSON.stringify(config);
  try {
    return await Host.load(moduleOf(filter), { config: text, env: environment, clock: new ManualClock(now) });
  } catch (error) {
    assert.match(String((error as Error).message), /configuration: \$/, `no refusal: ${text}`);
    return undefined;
  }
}

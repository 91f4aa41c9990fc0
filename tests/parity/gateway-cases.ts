import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Application, rawHttp, startApplication } from '@tollgate/scenario';
import type { ParityCount } from '../../host-sim/src/testing/parity-count.js';
import { until } from '../support/wait.js';
import { type ProxyPlan, stableHeaders, startBoth } from './gateway-proxies.js';

/** A request that is sent to both. */
export type Case = Omit<Parameters<typeof rawHttp>[0], 'port'> & {
  /** Requests that reach an application, where one of them comes after the answer. */
  upstream?: number;
};

/** Where nobody listens. */
export const closed = 1;

type Endpoint = number | 'one' | 'two';

/**
 * A test for each case, which compares the answers of the gateway and of a real Envoy, and what reached the applications
 * `one` and `two` behind each. There are clusters of these names, and `down`, where nobody listens; a plan may add others.
 */
export function playCases(
  plan: Omit<ProxyPlan, 'clusters'> & { clusters?: Record<string, { ports: Endpoint[] }> },
  cases: readonly Case[],
  parity: ParityCount,
): { readonly ports: readonly [gateway: number, envoy: number]; readonly applications: readonly Application[] } {
  let applications: Application[] = [];
  let both: Awaited<ReturnType<typeof startBoth>> | undefined;
  before(async () => {
    applications = await Promise.all([startApplication(), startApplication()]);
    const [one, two] = applications as [Application, Application];
    const portOf = (endpoint: Endpoint) => (typeof endpoint === 'number' ? endpoint : { one, two }[endpoint].port);
    const more = Object.entries(plan.clusters ?? {}).map(([name, { ports }]) => [name, { ports: ports.map(portOf) }]);
    const clusters = { one: { ports: [one.port] }, two: { ports: [two.port] }, down: { ports: [closed] } };
    both = await startBoth({ ...plan, clusters: { ...clusters, ...Object.fromEntries(more) } });
  });
  after(async () => {
    await both?.close();
    await Promise.all(applications.map((each) => each.close()));
  });
  const ports = () => (both as NonNullable<typeof both>).ports;

  const seenBy = async (port: number, { upstream: awaited, ...request }: Case) => {
    const from = applications.map(({ seen }) => seen.length);
    const { status, headers, body } = await rawHttp({ ...request, port });
    const arrived = () => applications.flatMap(({ seen }, index) => seen.slice(from[index]));
    if (awaited !== undefined)
      await until(
        `${awaited} requests to reach the applications`,
        () => arrived().length >= awaited && arrived().every(({ body: got }) => got === (request.body ?? '')),
      );
    const upstream = applications.map((each, index) =>
      each.seen.slice(from[index]).map((seen) => ({ ...seen, headers: stableHeaders(seen.headers, port) })),
    );
    for (const each of applications) each.release();
    return { status, headers: stableHeaders(headers, port), body, upstream };
  };

  for (const request of cases) {
    const name = nameOf(request);
    test(name, async () => {
      const [gateway, envoy] = ports();
      assert.deepEqual(await seenBy(gateway, request), await seenBy(envoy, request));
      parity.same(name);
    });
  }
  return {
    get ports() {
      return ports();
    },
    get applications() {
      return applications;
    },
  };
}

export const nameOf = ({ method = 'GET', path = '/', headers = [] }: Case): string =>
  `${method} ${path} ${headers.map((header) => header.join(': ')).join(', ')}`.trim();

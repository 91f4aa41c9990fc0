// Random meshes and requests, put to the oracle, to the simulator's gateway and to a real Envoy.
import { compile, inlineModule, staticBootstrap } from '@tollgate/envoy';
import { startEnvoy } from '@tollgate/envoy/binary';
import { Gateway } from '@tollgate/host-sim';
import { findNode } from '@tollgate/model';
import fc from 'fast-check';
import { realEnvoy } from '../support/envoy.js';
import { modelOf } from '../support/model.js';
import { freePorts } from '../support/ports.js';
import { rawHttp } from '../support/raw-http.js';
import { startApplications } from './applications.js';
import { differenceFrom } from './difference.js';
import { documentsOf } from './documents.js';
import { meshes, requests } from './generate.js';
import type { Mesh, MeshRequest } from './mesh.js';
import { type Outcome, outcomeOf } from './oracle.js';

export interface OracleCase {
  /** Its number among those of one proxy. */
  index: number;
  mesh: Mesh;
  request: MeshRequest;
  expected: Outcome;
}

const requestsPerMesh = 12;

/** Cases for one proxy: the same seed gives the same. */
export function sampleCases(count: number, seed: number): OracleCase[] {
  return Array.from({ length: Math.ceil(count / requestsPerMesh) }, (_, index) => index).flatMap((index) => {
    const namespace = `m${index}`;
    const [mesh] = fc.sample(meshes(namespace), { seed: seed + index, numRuns: 1 }) as [Mesh];
    return fc
      .sample(requests(namespace), { seed: seed + index, numRuns: requestsPerMesh })
      .map((request) => ({ index, mesh, request, expected: outcomeOf(mesh, request) }));
  });
}

/** Asks one proxy on the compiled meshes of all cases. Gives what went otherwise, told so that it can be repeated. */
export async function askAll(cases: readonly OracleCase[], place: 'simulator' | 'envoy'): Promise<string[]> {
  const all = [...new Map(cases.map(({ index, mesh }) => [index, mesh])).values()];
  const applications = await startApplications();
  const [outbound = 0] = await freePorts(1);
  const text = documentsOf(all, { outbound, application: applications.ports[80] });
  const model = modelOf(text);
  const node = findNode(model, 'orders-1');
  const bootstrap = staticBootstrap(node, compile(model, node, { version: '1', wasm: inlineModule() }));
  const stop = await startProxy(place, withSecondPort(bootstrap, applications.ports));
  try {
    const found: string[] = [];
    for (const one of cases) {
      const { method, path, host, headers } = one.request;
      const answer = await rawHttp({
        port: outbound,
        method,
        path,
        headers: [['host', host], ...Object.entries(headers)],
      });
      const difference = differenceFrom(one.expected, one.index, answer);
      if (difference) found.push(told(one, difference));
    }
    return found;
  } finally {
    await Promise.all([stop(), applications.close()]);
  }
}

async function startProxy(place: 'simulator' | 'envoy', bootstrap: object): Promise<() => Promise<unknown>> {
  if (place === 'simulator') {
    const gateway = await Gateway.start(bootstrap, { workers: 1, env: {} });
    return () => gateway.close();
  }
  const { path } = await realEnvoy();
  const envoy = startEnvoy({ path, nodeName: 'orders-1', bootstrap, env: {}, concurrency: 1 });
  await envoy.ready;
  return () => envoy.stop();
}

/** Instances have one port, whichever of its service's is called: here each leads to a server of its own, so that it is seen. */
function withSecondPort<Bootstrap extends object>(
  bootstrap: Bootstrap,
  ports: { 80: number; 8080: number },
): Bootstrap {
  return JSON.parse(JSON.stringify(bootstrap), (_, value) => {
    if (typeof value !== 'object' || !/^outbound\/[^/]+\/[^/]+\/8080(\/|$)/.test(value?.cluster_name ?? ''))
      return value;
    return JSON.parse(JSON.stringify(value).replaceAll(`"port_value":${ports[80]}`, `"port_value":${ports[8080]}`));
  });
}

/** A case by itself: the documents of its mesh, the request, and what was expected of it. */
function told({ mesh, request, expected }: OracleCase, difference: string): string {
  return [
    difference,
    `request: ${JSON.stringify(request)}`,
    `expected: ${JSON.stringify(expected)}`,
    ...mesh.virtualServices.map((document) => JSON.stringify(document)),
  ].join('\n  ');
}

// How long the compiler takes for a large mesh: every service with instances of two versions, a VirtualService that sends some
// callers to one of them and splits the others, and a DestinationRule with two subsets.
import { quantile } from './filters.mjs';
import { verdict } from './table.mjs';

/** ms, for 2,000 services. */
const wholeMax = 250;
const changeMax = 5;
const changes = 40;
const wholes = 9;

const networking = 'networking.istio.io/v1';
const tollgate = 'tollgate.dev/v1';

function documentsOf(index) {
  const host = `service-${index}`;
  const instance = (version) => ({
    address: `10.${version}.${index >> 8}.${index & 255}`,
    port: 8080,
    labels: { version: `v${version}` },
  });
  const to = (subset, weight) => ({ destination: { host, subset }, weight });
  return [
    [tollgate, 'Service', { instances: [instance(1), instance(2)] }],
    [
      networking,
      'VirtualService',
      {
        hosts: [host],
        http: [
          { match: [{ headers: { 'end-user': { exact: 'vip' } } }], route: [to('v2', 100)] },
          { route: [to('v1', 90), to('v2', 10)], retries: { attempts: 3, perTryTimeout: '2s' }, timeout: '10s' },
        ],
      },
    ],
    [
      networking,
      'DestinationRule',
      {
        host,
        trafficPolicy: { outlierDetection: { consecutive5xxErrors: 5 } },
        subsets: ['v1', 'v2'].map((version) => ({ name: version, labels: { version } })),
      },
    ],
  ].map(([apiVersion, kind, spec]) => ({ apiVersion, kind, metadata: { name: host }, spec }));
}

/** `{ rows }` of the compiler under `root`, for so many services. */
export async function measureCompile(root, services = 2000) {
  const { compile } = await import(`${root}/envoy/dist/index.js`);
  const { checkDocument, findNode, Model } = await import(`${root}/model/dist/index.js`);
  const node = {
    apiVersion: tollgate,
    kind: 'Node',
    metadata: { name: 'bench' },
    spec: { services: ['service-0'], outbound: { listen: { address: '127.0.0.1', port: 15001 } } },
  };
  const read = (document) => {
    const { resource, mistakes } = checkDocument(document);
    if (!resource) throw new Error(JSON.stringify(mistakes));
    return resource;
  };
  const documents = [node, ...Array.from({ length: services }, (_, index) => documentsOf(index)).flat()];
  let model;
  const compiled = (resources, before) => {
    const began = performance.now();
    model = new Model(resources, before);
    const { clusters } = compile(model, findNode(model, 'bench'), { version: '1', wasm: { path: '/x' }, live: true });
    const ms = performance.now() - began;
    if (clusters.length !== 3 * services) throw new Error(`${clusters.length} clusters of ${services} services`);
    return ms;
  };
  const first = documents.map(read);
  const whole = compiled(first);
  // Another split of one service: all else is the very resource that it was.
  const times = Array.from({ length: changes }, (_, round) => {
    const at = first.findIndex(({ kind, name }) => kind === 'VirtualService' && name === `service-${round}`);
    const other = structuredClone(documents[at]);
    other.spec.http[1].route.forEach((one) => {
      one.weight = 50;
    });
    first[at] = read(other);
    return compiled([...first], model);
  });
  const again = quantile(
    Array.from({ length: wholes }, () => compiled(documents.map(read))),
    0.5,
  );
  const change = quantile(times, 0.5);
  return [
    row(`${services} services with routes and subsets, the first time`, whole, wholeMax),
    row('the same, of a process that has compiled before', again, wholeMax),
    row('one changed, all else as it was', change, changeMax),
  ];
}

function row(what, ms, max) {
  return verdict({ what, ms }, ms, max);
}

export function printCompile(table, { say }) {
  say('\nWhat the compiler takes for the resources of one node, in ms; medians but for the first');
  for (const { what, ms, target, met } of table)
    say(`  ${what.padEnd(57)} ${ms.toFixed(1).padStart(7)}  ≤ ${target} ${met ? 'met' : 'MISSED'}`);
}

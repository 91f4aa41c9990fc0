import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import type { TestContext } from 'node:test';
import { compile, inlineModule, staticBootstrap } from '@tollgate/envoy';
import { startEnvoy, temporaryFolder } from '@tollgate/envoy/binary';
import { type Clock, Gateway } from '@tollgate/host-sim';
import { findNode } from '@tollgate/model';
import { stringify } from 'yaml';
import { type Application, startApplication } from '../support/application.js';
import { realEnvoy } from '../support/envoy.js';
import { modelOf } from '../support/model.js';
import { freePorts } from '../support/ports.js';
import { type RawAnswer, type RawRequest, rawHttp } from '../support/raw-http.js';
import { within } from '../support/wait.js';

export const places = ['simulator', 'envoy'] as const;
type Place = (typeof places)[number];

/** A file as its users wrote it. */
export function example(name: string): string {
  return readFileSync(new URL(`../vectors/istio/${name}.yaml`, import.meta.url), 'utf8');
}

/** What a test adds where a file leaves out which versions there are. */
export function subsets(host: string, ...versions: string[]): string {
  const spec = { host, subsets: versions.map((version) => ({ name: version, labels: { version } })) };
  return document('networking.istio.io/v1', 'DestinationRule', { name: 'subsets' }, spec);
}

interface CalledService {
  name: string;
  namespace?: string;
  /** The versions of its instances, each with an application of its own. */
  versions: string[];
}

interface StageOptions {
  /** Documents beside those of the services. */
  policies: string;
  services: CalledService[];
  /** Of the service that calls. */
  namespace?: string;
  labels?: Record<string, string>;
  /** Of the simulator. */
  clock?: Clock;
  adapt?: (bootstrap: string) => string;
}

export interface Stage {
  /** In the order of the services and their versions. */
  applications: Application[];
  call(request: Omit<RawRequest, 'port'> & { host: string }): Promise<RawAnswer>;
  /** The sum of Envoy's counters and gauges whose names match. */
  stat(pattern: string): Promise<number>;
}

/** A caller's proxy on what the compiler makes of the documents, with the services that it calls behind it. Ends with the test. */
export async function startStage(context: TestContext, place: Place, options: StageOptions): Promise<Stage> {
  const { policies, services, namespace = 'default', labels = {}, adapt = (text) => text } = options;
  const applications: Application[] = [];
  for (const _ of services.flatMap(({ versions }) => versions)) applications.push(await startApplication());
  const [outbound = 0] = await freePorts(1);
  let next = 0;
  const ours = 'tollgate.dev/v1';
  const documents = [
    document(ours, 'Service', { name: 'caller', namespace, labels }, {}),
    document(
      ours,
      'Node',
      { name: 'caller-1', namespace },
      {
        services: ['caller'],
        outbound: { listen: { address: '127.0.0.1', port: outbound } },
        workers: 1,
      },
    ),
    ...services.map(({ name, namespace: of = 'default', versions }) =>
      document(
        ours,
        'Service',
        { name, namespace: of },
        {
          instances: versions.map((version) => ({
            address: '127.0.0.1',
            port: applications[next++]?.port,
            labels: { version },
          })),
        },
      ),
    ),
  ];
  const model = modelOf([policies, ...documents].join('---\n'));
  const node = findNode(model, 'caller-1');
  const text = JSON.stringify(staticBootstrap(node, compile(model, node, { version: '1', wasm: inlineModule() })));
  const proxy = await startProxy(place, JSON.parse(adapt(text)) as object, options.clock);
  context.after(async () => {
    await Promise.all([proxy.stop(), ...applications.map((each) => each.close())]);
  });
  return {
    applications,
    call: ({ host, headers = [], ...rest }) =>
      rawHttp({ port: outbound, headers: [['host', host], ...headers], ...rest }),
    stat: proxy.stat,
  };
}

function document(apiVersion: string, kind: string, metadata: object, spec: object): string {
  return stringify({ apiVersion, kind, metadata, spec });
}

async function startProxy(place: Place, bootstrap: object, clock: Clock | undefined) {
  if (place === 'simulator') {
    const gateway = await Gateway.start(bootstrap, { workers: 1, env: {}, ...(clock ? { clock } : {}) });
    return { stop: () => gateway.close(), stat: () => Promise.reject(new Error('the simulator counts nothing')) };
  }
  const { path } = await realEnvoy();
  const folder = temporaryFolder('tollgate-istio-');
  const adminSocket = `${folder.path}/admin.sock`;
  const envoy = startEnvoy({ path, nodeName: 'caller-1', bootstrap, env: {}, concurrency: 1, adminSocket });
  await envoy.ready;
  return {
    stop: async () => {
      await envoy.stop();
      folder.remove();
    },
    stat: (pattern: string) => within('the statistics of Envoy', statOf(adminSocket, pattern)),
  };
}

function statOf(socketPath: string, pattern: string): Promise<number> {
  return new Promise((resolve, reject) => {
    request({ socketPath, path: `/stats?filter=${encodeURIComponent(pattern)}` }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const values = Buffer.concat(chunks)
          .toString()
          .split('\n')
          .map((line) => Number(/: (\d+)$/.exec(line)?.[1] ?? 0));
        resolve(values.reduce((sum, value) => sum + value, 0));
      });
    })
      .on('error', reject)
      .end();
  });
}

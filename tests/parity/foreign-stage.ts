import { createServer } from 'node:http';
import { startEnvoy } from '@tollgate/envoy/binary';
import { Gateway } from '@tollgate/host-sim';
import { stable } from '@tollgate/scenario';
import { realEnvoy } from '../support/envoy.js';
import { listen } from '../support/listen.js';
import { freePorts } from '../support/ports.js';
import { rawHttp } from '../support/raw-http.js';
import { event, until, within } from '../support/wait.js';
import type { ForeignCase } from './foreign-cases.js';

/** All that can be seen of a case from outside the filter, and what the filter said. */
export interface ForeignRecord {
  name: string;
  answer: { status: number; headers: [string, string][]; body: string } | 'no answer';
  upstream: { method: string; path: string; headers: [string, string][]; body: string }[];
  lines: string[];
}

/** How a filter is told what to do, and which of its lines begins a request. */
export interface Dialect {
  header: string;
  /** The header's value with a mark that is found again in the filter's lines. */
  marked(value: string, mark: number): string;
  begins: RegExp;
}

/** Dates, request ids, ports of connections, how long something took, and addresses in memory. */
const unstable =
  /[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} [\d:]{8} GMT|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<=127\.0\.0\.1:)\d+|(?<=upstream-service-time\W+)\d+|\b0x[0-9a-f]+/g;

/** Of the request that asks whether a VM that trapped is there again. */
const probe = 9999;
const silenceMs = 300;

/** Puts one plugin with the module before an application that answers with what it got, and plays the cases one by one. */
export async function playForeign(
  where: 'simulator' | 'Envoy',
  module: Uint8Array,
  dialect: Dialect,
  cases: readonly ForeignCase[],
): Promise<ForeignRecord[]> {
  const application = await startEcho();
  const [port = 0, nobody = 0] = await freePorts(2);
  const lines: string[] = [];
  const bootstrap = bootstrapOf(module, { port, application: application.port, nobody });
  const close = where === 'simulator' ? await startSimulator(bootstrap, lines) : await startRealEnvoy(bootstrap, lines);
  try {
    const records: ForeignRecord[] = [];
    for (const [index, entry] of cases.entries()) {
      application.seen.length = 0;
      const answer = await ask(port, entry, dialect, index);
      const upstream = entry.cutsOff ? [] : [...application.seen];
      records.push({ name: entry.name, answer, upstream, lines: [] });
      await until('a new VM', async () => {
        const back = await ask(port, { name: 'probe' }, dialect, probe);
        return back === 'no answer' || back.status !== 503;
      });
    }
    await close();
    const said = linesByMark(lines, dialect);
    return records.map((record, index) => ({ ...record, lines: said.get(index) ?? [] }));
  } finally {
    await Promise.all([close(), application.close()]);
  }
}

async function ask(port: number, entry: ForeignCase, { header, marked }: Dialect, mark: number) {
  const value = entry.headers?.find(([name]) => name === header)?.[1] ?? '';
  const headers = (entry.headers ?? []).filter(([name]) => name !== header);
  const { method = 'GET', path = '/', body = '' } = entry;
  const request = { port, method, path, body, headers: [[header, marked(value, mark)], ...headers] };
  try {
    const answering = rawHttp(request as Parameters<typeof rawHttp>[0]);
    // That nothing comes can only be seen by waiting a while.
    const answer = await (entry.stays ? within('silence', answering, silenceMs) : answering);
    return { ...answer, headers: stable(answer.headers) };
  } catch {
    return 'no answer' as const;
  }
}

/** The filter's lines of each request, by its mark. What it says outside of requests is under -1. */
function linesByMark(lines: readonly string[], { begins }: Dialect): Map<number, string[]> {
  const requests: string[][] = [[]];
  for (const line of lines) {
    if (begins.test(line)) requests.push([]);
    requests.at(-1)?.push(line.replace(unstable, '…'));
  }
  const marks = requests.map((said) => said.map((line) => /mark-(\d+)/.exec(line)?.[1]).find(Boolean));
  return new Map(requests.map((said, index) => [Number(marks[index] ?? -1), said]));
}

async function startSimulator(bootstrap: object, lines: string[]): Promise<() => Promise<unknown>> {
  const gateway = await Gateway.start(bootstrap, {
    onLog: ({ level, message, plugin }) => {
      if (plugin) lines.push(`${level} ${message.replaceAll('\n', '\\n')}`);
    },
  });
  return () => gateway.close();
}

async function startRealEnvoy(bootstrap: object, lines: string[]): Promise<() => Promise<unknown>> {
  const { path } = await realEnvoy();
  const envoy = startEnvoy({
    path,
    nodeName: 'foreign',
    bootstrap,
    env: {},
    onLog: ({ level, component, message }) => {
      const said = component === 'wasm' && /^wasm log[^:]*: (.*)$/.exec(message)?.[1];
      if (typeof said === 'string') lines.push(`${level === 'warning' ? 'warn' : level} ${said}`);
    },
  });
  await envoy.ready;
  return () => envoy.stop();
}

/** Answers with the body that it was sent; `/status/503` with that status, `/cut` not at all. */
async function startEcho() {
  const seen: ForeignRecord['upstream'] = [];
  const server = createServer(async (request, response) => {
    const [, wish, value] = /^\/(status|cut)(?:\/(\d+))?/.exec(request.url ?? '') ?? [];
    if (wish === 'cut') return request.socket.destroy();
    const pieces: Buffer[] = [];
    try {
      for await (const piece of request) pieces.push(piece);
    } catch {
      // The filter cut the request off, and the proxy its connection.
      return;
    }
    const body = Buffer.concat(pieces).toString();
    const { rawHeaders: raw } = request;
    const headers = Array.from({ length: raw.length / 2 }, (_, at): [string, string] => [
      raw[2 * at] ?? '',
      raw[2 * at + 1] ?? '',
    ]);
    seen.push({ method: request.method ?? '', path: request.url ?? '', headers: stable(headers), body });
    response.writeHead(Number(value ?? 200), { 'content-type': 'text/plain', 'x-application': 'echo' });
    response.end(`hello ${body}`);
  });
  return {
    port: await listen(server),
    seen,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await event('the application to close', server, 'close');
    },
  };
}

function bootstrapOf(module: Uint8Array, ports: { port: number; application: number; nobody: number }): object {
  const type = (name: string) => `type.googleapis.com/envoy.extensions.filters.${name}`;
  const wasm = {
    name: 'foreign',
    typed_config: {
      '@type': type('http.wasm.v3.Wasm'),
      config: {
        name: 'foreign',
        root_id: 'root',
        failure_policy: 'FAIL_RELOAD',
        reload_config: { backoff: { base_interval: '0.01s', max_interval: '0.01s' } },
        vm_config: {
          vm_id: 'foreign',
          runtime: 'envoy.wasm.runtime.v8',
          code: { local: { inline_bytes: Buffer.from(module).toString('base64') } },
          configuration: { '@type': 'type.googleapis.com/google.protobuf.StringValue', value: 'of the VM' },
        },
        configuration: { '@type': 'type.googleapis.com/google.protobuf.StringValue', value: 'of the plugin' },
      },
    },
  };
  const manager = {
    '@type': type('network.http_connection_manager.v3.HttpConnectionManager'),
    stat_prefix: 'foreign',
    use_remote_address: true,
    internal_address_config: { cidr_ranges: [{ address_prefix: '255.255.255.255', prefix_len: 32 }] },
    route_config: {
      virtual_hosts: [
        {
          name: 'all',
          domains: ['*'],
          routes: [{ match: { prefix: '/' }, route: { cluster: 'application', timeout: '0s' } }],
        },
      ],
    },
    http_filters: [wasm, { name: 'router', typed_config: { '@type': type('http.router.v3.Router') } }],
  };
  return {
    node: { id: 'foreign-1', cluster: 'foreign' },
    static_resources: {
      listeners: [
        {
          name: 'foreign',
          address: { socket_address: { address: '127.0.0.1', port_value: ports.port } },
          filter_chains: [{ filters: [{ name: 'http', typed_config: manager }] }],
        },
      ],
      clusters: [cluster('application', ports.application), cluster('nobody', ports.nobody)],
    },
  };
}

function cluster(name: string, port: number): object {
  const endpoint = { address: { socket_address: { address: '127.0.0.1', port_value: port } } };
  return {
    name,
    type: 'STATIC',
    connect_timeout: '1s',
    load_assignment: { cluster_name: name, endpoints: [{ lb_endpoints: [{ endpoint }] }] },
  };
}

import { Gateway } from '../../host-sim/src/gateway/gateway.js';
import { type BootstrapInput, bootstrap } from '../../host-sim/src/testing/bootstrap.js';
import { compileStreamProbe } from '../../host-sim/src/testing/compile.js';
import { spawnEnvoy } from '../../host-sim/src/testing/envoy-process.js';
import { normalize } from '../../host-sim/src/testing/normalize.js';
import { withoutGrpcIds } from '../../host-sim/src/testing/replay.js';
import { realEnvoy } from '../support/envoy.js';
import { freePorts } from '../support/ports.js';
import { within } from '../support/wait.js';

/** The gateway or the Envoy of a pair, with the probe filter. */
export interface ProbedProxy {
  name: 'gateway' | 'Envoy';
  port: number;
  forget(): void;
  /** What the filter has logged since it was told to forget, up to and with its first line `P delete`. */
  untilDeleted(): Promise<string[]>;
}

/** The same bootstrap in both; `edit` changes its JSON. */
export async function startPair(
  input: BootstrapInput,
  edit: (json: string) => string = (json) => json,
): Promise<{ proxies: [ProbedProxy, ProbedProxy]; close(): Promise<void> }> {
  const [{ path }, [port = 0], wasm] = await Promise.all([realEnvoy(), freePorts(1), compileStreamProbe()]);
  const config = (at: number) => JSON.parse(edit(JSON.stringify(bootstrap({ ...input, wasm, port: at })))) as object;
  const upstream = input.endpoints[0] ?? 0;
  const [inGateway, inEnvoy] = [new Log(), new Log()];
  const gateway = await Gateway.start(config(0), {
    onLog: ({ level, message }) => inGateway.add(`[${level}] ${message}`),
  });
  const envoy = await spawnEnvoy(path, config(port), port, (line) => {
    if (line !== undefined) inEnvoy.add(line);
  });
  const own = gateway.listeners[0]?.port ?? 0;
  const proxies: [ProbedProxy, ProbedProxy] = [
    { name: 'gateway', port: own, ...inGateway.reader({ gateway: own, upstream }) },
    { name: 'Envoy', port, ...inEnvoy.reader({ gateway: port, upstream }) },
  ];
  // Whoever asked whether it listens was a connection of its own: it must not reach an upstream that comes later.
  if (input.network) await proxies[1].untilDeleted();
  const close = async () => {
    envoy.kill('SIGKILL');
    await gateway.close();
  };
  return { proxies, close };
}

class Log {
  #lines: string[] = [];
  #changed = () => {};

  add(line: string): void {
    this.#lines.push(line);
    this.#changed();
  }

  reader(ports: { gateway: number; upstream: number }): Pick<ProbedProxy, 'forget' | 'untilDeleted'> {
    return {
      forget: () => {
        this.#lines = [];
      },
      untilDeleted: async () => {
        while (!this.#lines.includes('[info] P delete')) {
          const changed = new Promise<void>((resolve) => {
            this.#changed = resolve;
          });
          await within(() => `the end of the stream; there was said:\n${this.#lines.join('\n')}`, changed);
        }
        return this.#lines.map((line) => withoutGrpcIds(normalize(line, ports)));
      },
    };
  }
}

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { startEnvoy } from '@tollgate/envoy/binary';
import { Gateway } from '@tollgate/host-sim';
import { compileFilter } from '../../tools/build-filters.mjs';
import { root } from './cli.js';
import { realEnvoy } from './envoy.js';
import { fetchText } from './fetch-text.js';
import { freePorts } from './ports.js';
import { within } from './wait.js';

/** An example of examples/filters while it runs. */
export interface RunningExample {
  /** Of its listener. */
  port: number;
  /** What the filter has logged, oldest first. */
  lines: readonly string[];
  /** The first line that matches at or after index `from`, once it is there. */
  logged(pattern: RegExp, from?: number): Promise<string>;
  /** A counter's or gauge's value. */
  metric(name: string): Promise<number>;
}

export type ExampleHost = 'simulator' | 'envoy';

/** The module that an example's README has its reader build, optimised less; `options` are more of asc's own. */
export async function buildExample(name: string, ...options: string[]): Promise<Uint8Array> {
  return Uint8Array.from(
    await compileFilter(`examples/filters/${name}/index.ts`, ['--outFile', `${name}.wasm`, '-O1', ...options]),
  );
}

/** Runs the example's own envoy.yaml, with other ports; `upstreams` are for its 10001, 10002 and so on, `edit` changes more. */
export async function startExample(
  context: TestContext,
  host: ExampleHost,
  name: string,
  wasm: Uint8Array,
  upstreams: number[],
  edit: (bootstrap: string) => string = (bootstrap) => bootstrap,
): Promise<RunningExample> {
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-example-'));
  context.after(() => rmSync(folder, { recursive: true }));
  const module = join(folder, `${name}.wasm`);
  writeFileSync(module, wasm);
  const [port = 0, admin = 0] = await freePorts(2);
  const ports: Record<string, number> = { 10000: port, 10009: admin };
  for (const [index, upstream] of upstreams.entries()) ports[10001 + index] = upstream;
  const bootstrap = edit(readFileSync(join(root, 'examples/filters', name, 'envoy.yaml'), 'utf8'))
    .replace(/port_value: (\d+)/g, (_, written) => `port_value: ${ports[written]}`)
    .replace(/filename: \S+/, `filename: ${module}`);
  const log = new Lines();
  const logged: RunningExample['logged'] = (pattern, from) => log.first(pattern, from);
  const listen = ({ message }: { message: string }) => {
    // What Envoy says itself is of interest where it is about the filter's functions.
    const [, line = message.startsWith('Function: ') ? message : undefined] =
      /^wasm log[^:]*: (.*)/.exec(message) ?? [];
    if (host === 'simulator') log.add(message);
    else if (line !== undefined) log.add(line);
  };
  if (host === 'simulator') {
    const gateway = await Gateway.start(bootstrap, { env: {}, onLog: listen });
    context.after(() => gateway.close());
    return { port, lines: log.lines, logged, metric: async (metric) => gateway.metric(metric) };
  }
  const { path } = await realEnvoy();
  const envoy = startEnvoy({ path, nodeName: 'example', bootstrap, env: {}, onLog: listen });
  context.after(() => envoy.stop());
  await envoy.ready;
  const metric = async (name: string) => {
    const { text } = await fetchText(`http://127.0.0.1:${admin}/stats?filter=^wasmcustom.${name}$`);
    return Number(/: (\d+)/.exec(text)?.[1] ?? 0);
  };
  return { port, lines: log.lines, logged, metric };
}

/** Lines as they come, and those who wait for one. */
class Lines {
  readonly lines: string[] = [];
  readonly #waiting: { pattern: RegExp; found: (line: string) => void }[] = [];

  add(line: string): void {
    this.lines.push(line);
    for (const { pattern, found } of this.#waiting) if (pattern.test(line)) found(line);
  }

  first(pattern: RegExp, from = 0): Promise<string> {
    const line = this.lines.slice(from).find((known) => pattern.test(known));
    const found = new Promise<string>((found) => {
      if (line === undefined) this.#waiting.push({ pattern, found });
      else found(line);
    });
    return within(() => `a line like ${pattern} of the filter; it said:\n${this.lines.join('\n')}`, found);
  }
}

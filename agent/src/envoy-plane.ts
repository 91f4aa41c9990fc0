import { availableParallelism } from 'node:os';
import { type Resources, staticBootstrap, watchingBootstrap } from '@tollgate/envoy';
import {
  assertPortsFree,
  describeEnvoy,
  describeExit,
  type EnvoyBinary,
  type EnvoyProcess,
  startEnvoy,
} from '@tollgate/envoy/binary';
import { type Resource, TollgateError } from '@tollgate/model';
import { type Clock, systemClock } from './clock.js';
import { crashIn } from './crash-line.js';
import type { AdminAddress } from './judgement.js';
import { type DataPlane, listenersOf, type ProxyOptions, type RunningProxy } from './proxy.js';
import { RuleFiles } from './rule-files.js';
import { type Serving, Supervisor } from './supervisor.js';

export function envoyPlane(envoy: EnvoyBinary, clock: Clock = systemClock): DataPlane {
  return {
    description: describeEnvoy(envoy),
    async start(options) {
      const files = options.watch ? new RuleFiles() : undefined;
      const proxy = new EnvoyProxy(envoy.path, options, files);
      try {
        await proxy.start(clock);
      } catch (cause) {
        files?.remove();
        throw cause;
      }
      return proxy;
    },
  };
}

/** One node's Envoy, started again with the rules in force whenever it ends. */
class EnvoyProxy implements RunningProxy {
  readonly node: Resource<'Node'>;
  readonly #path: string;
  readonly #options: ProxyOptions;
  readonly #files: RuleFiles | undefined;
  /** Where Envoy says what it made of new rules. */
  readonly #admin: AdminAddress | undefined;
  #supervisor: Supervisor | undefined;
  /** Of the start that is under way, or was the last; never rejects. */
  #starting: Promise<unknown> = Promise.resolve();
  #serves = false;
  #inForce: Resources;
  /** Rules that came while no Envoy ran. */
  #next: Resources | undefined;

  constructor(path: string, options: ProxyOptions, files: RuleFiles | undefined) {
    const { node, resources } = options;
    const { admin } = node.spec;
    this.node = node;
    this.#path = path;
    this.#options = options;
    this.#files = files;
    this.#inForce = resources;
    this.#admin = admin ? { host: admin.address, port: admin.port } : files && { socketPath: files.adminSocket };
  }

  async start(clock: Clock): Promise<void> {
    const { signal, failed, servesAgain } = this.#options;
    const start = (stopping: AbortSignal) => {
      const starting = this.#startOnce(stopping);
      this.#starting = starting.catch(() => {});
      return starting;
    };
    this.#supervisor = await Supervisor.start({ start, failed, servesAgain }, clock, signal);
  }

  async stop(): Promise<void> {
    await this.#supervisor?.stop();
    this.#files?.remove();
  }

  async apply(changed: Resource<'Node'>, resources: Resources, env: Record<string, string>): Promise<void> {
    const { node } = this;
    if (!this.#files || !this.#admin) throw new TollgateError('internal', 'this Envoy was started without --watch');
    if (
      JSON.stringify(changed.spec.admin) !== JSON.stringify(node.spec.admin) ||
      changed.spec.workers !== node.spec.workers
    ) {
      throw new TollgateError(
        'input_invalid',
        `${node.name}: a change of admin or workers takes effect after a restart: start tollgate run again`,
      );
    }
    this.#assertSameSecrets(resources, env);
    await this.#starting;
    if (!this.#serves) {
      this.#next = resources;
      return;
    }
    await this.#files.replace(resources, this.#admin);
    this.#inForce = resources;
  }

  #assertSameSecrets({ secrets }: Resources, env: Record<string, string>): void {
    const { resources: first, env: given } = this.#options;
    const changed = secrets.filter(
      ({ name }) => env[name] !== given[name] || !first.secrets.some((secret) => secret.name === name),
    );
    if (changed.length === 0) return;
    const names = changed.map(({ name }) => name).join(', ');
    throw new TollgateError(
      'secret_missing',
      `${this.node.name}: new secrets (${names}) take effect after a restart: start tollgate run again`,
    );
  }

  async #startOnce(signal: AbortSignal): Promise<Serving> {
    const { node } = this;
    const { admin } = node.spec;
    const rules = this.#next ?? this.#inForce;
    await assertPortsFree([...listenersOf(node), ...(admin ? [admin] : [])]);
    // Each time: Envoy may have refused what was written last.
    await this.#files?.write(rules);
    const { envoy, allReady } = this.#spawn(rules, signal);
    try {
      await envoy.ready;
      this.#next = undefined;
      if (this.#files && this.#admin) await this.#files.assertTaken(this.#admin);
    } catch (cause) {
      await envoy.stop();
      throw cause;
    }
    this.#inForce = rules;
    this.#serves = true;
    allReady();
    const ended = envoy.exited.then((exit) => {
      this.#serves = false;
      return `Envoy of node ${node.name} ended (${describeExit(exit)})`;
    });
    return { ended };
  }

  /** It ends when the signal aborts. */
  #spawn(rules: Resources, signal: AbortSignal): { envoy: EnvoyProcess; allReady(): void } {
    const { node, env, log, crashed } = this.#options;
    // Until it serves Envoy's words are kept: if it does not come to that, they come with the error, once.
    let kept: string[] | undefined = [];
    const say = (line: string) => {
      if (kept) kept.push(line);
      else if (!signal.aborted) log(line);
    };
    signal.throwIfAborted();
    const envoy = startEnvoy({
      path: this.#path,
      nodeName: node.name,
      bootstrap: this.#files ? watchingBootstrap(node, this.#files.paths) : staticBootstrap(node, rules),
      env,
      concurrency: node.spec.workers ?? availableParallelism(),
      onLog: ({ level, component, message }) => {
        say(`${level}: ${message}`);
        const crash = component === 'wasm' ? crashIn(message) : undefined;
        if (crash && !signal.aborted) crashed(crash);
      },
      ...(this.#admin && 'socketPath' in this.#admin ? { adminSocket: this.#admin.socketPath } : {}),
    });
    const stop = () => {
      envoy.stop();
    };
    signal.addEventListener('abort', stop);
    envoy.exited.then(() => signal.removeEventListener('abort', stop));
    const allReady = () => {
      const early = kept ?? [];
      kept = undefined;
      early.forEach(say);
    };
    return { envoy, allReady };
  }
}

import { compile, type Resources, type WasmModule } from '@tollgate/envoy';
import { findNode, type Model, type Resource } from '@tollgate/model';
import type { RunningProxy } from './proxy.js';

/** What proxies are to run on. */
export interface Rules {
  model: Model;
  /** The values of the variables that the filters of a node may read. */
  environment(secrets: Resources['secrets']): Record<string, string>;
}

/** Brings rules that change to the proxies of this machine. */
export class Follower {
  readonly #proxies: readonly RunningProxy[];
  readonly #wasm: WasmModule;
  #inForce: string;
  #pushes = 0;

  /** `started`: what the proxies run on. */
  constructor(proxies: readonly RunningProxy[], started: Rules, wasm: WasmModule) {
    this.#proxies = proxies;
    this.#wasm = wasm;
    this.#inForce = this.#fingerprint(started);
  }

  /** False where nothing changed for these proxies. Throws where one refuses the rules; the next ones may bring what is missing. */
  async follow(rules: Rules, version: string): Promise<boolean> {
    const wanted = this.#fingerprint(rules);
    if (wanted === this.#inForce) return false;
    for (const proxy of this.#proxies) {
      const node = nodeOf(rules.model, proxy);
      const pushed = { version: `${version}-${++this.#pushes}`, wasm: this.#wasm, live: true };
      const resources = compile(rules.model, node, pushed);
      await proxy.apply(node, resources, rules.environment(resources.secrets));
    }
    this.#inForce = wanted;
    return true;
  }

  /** What the proxies are made of, apart from the version: rules, and the secrets of files. */
  #fingerprint({ model, environment }: Rules): string {
    const made = this.#proxies.map((proxy) => {
      const node = nodeOf(model, proxy);
      const resources = compile(model, node, { version: '', wasm: { path: '', tcp: { path: '' } }, live: true });
      return [node.spec, resources, environment(resources.secrets)];
    });
    return JSON.stringify(made);
  }
}

function nodeOf(model: Model, { node }: RunningProxy): Resource<'Node'> {
  return findNode(model, node.name, node.namespace);
}

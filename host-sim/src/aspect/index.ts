import type { HostOptions } from '../host/host.js';
import { SpecHost } from './spec-host.js';
import type { SpecInstance } from './spec-instance.js';

export type { SpecInstance } from './spec-instance.js';

type Imports = Record<string, Record<string, unknown>>;

/**
 * The `instantiate` hook of an as-pect.config.js: specs then talk to a filter through the simulator's host, with the functions
 * of `@tollgate/host-sim/assembly`. The filter is an entry of as-pect.asconfig.json beside as-pect's own, so that its callbacks are exports.
 *
 * @example
 * import { aspectHost } from '@tollgate/host-sim/aspect';
 * export default { entries: ['specs/*.spec.ts'], include: [], disclude: [], ...aspectHost() };
 */
export function aspectHost(options: Pick<HostOptions, 'clock' | 'env' | 'logLevel' | 'properties' | 'vmConfig'> = {}): {
  instantiate(
    memory: unknown,
    createImports: (...imports: Imports[]) => Imports,
    instantiate: (binary: Uint8Array, imports: Imports) => Promise<SpecInstance>,
    binary: Uint8Array,
  ): Promise<SpecInstance>;
} {
  return {
    async instantiate(memory, createImports, instantiate, binary) {
      const host = new SpecHost(binary, options);
      const { env, ...others } = host.imports();
      const instance = await instantiate(
        binary,
        createImports({ env: { memory, ...env }, ...others, sim: host.controls() }),
      );
      host.attach(instance);
      return instance;
    },
  };
}

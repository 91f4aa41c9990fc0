import { createRequire } from 'node:module';
import type { FilterConfig, FilterTarget } from '@tollgate/envoy';
import { Host, type HostOptions } from '@tollgate/host-sim';

const resolve = createRequire(import.meta.url).resolve;

/** One of our filters in the simulator, on the provider's side of the service vendors unless it is said otherwise. */
export function load(
  filter: string,
  steps: Partial<FilterTarget>,
  options: HostOptions & Partial<FilterConfig> = {},
): Promise<Host> {
  const { side = 'provider', service = 'vendors', trustedHops = 0, ...host } = options;
  const config = { side, service, trustedHops, targets: [{ service: 'default/vendors', ...steps }] };
  return Host.load(resolve(`@tollgate/filters/build/${filter}.wasm`), { config, ...host });
}

export const policy = { namespace: 'default', name: 'p', mode: 'enforce' } as const;

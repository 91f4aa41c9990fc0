import type { Resource } from '@tollgate/model';

/** A filter of the user's own on one listener. */
export interface PluginFilter {
  /** Of the filter, and of the configuration that it is given. */
  name: string;
  phase: Resource<'WasmPlugin'>['spec']['phase'];
  typed_config: { '@type': string };
  /** Calls to these ports of services only. */
  ports: number[] | 'all';
  /** Where Envoy fetches its module. */
  uri?: string;
}

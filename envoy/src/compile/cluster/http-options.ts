import { any, type Cluster, type HttpOptions } from '../../types.js';
import type { Part } from '../merged.js';

const name = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';

/** A cluster's piece that says how HTTP is spoken with its instances. */
export function httpOptions(options: HttpOptions): Part<Cluster> {
  return { typed_extension_protocol_options: { [name]: any(name, options) } };
}

import type { EntryProtocol, Protocol, Resource, ServiceSpec } from '@tollgate/model';

export type Instance = ServiceSpec['instances'][number];

/** What a caller reaches by a host name. */
export interface Callee {
  /**
   * `NAMESPACE/NAME` of a Service, `NAMESPACE/NAME/HOST` of an entry's host: the name of its virtual host, by which the filters
   * know what is called.
   */
  key: string;
  namespace: string;
  /** The hosts by which this caller reaches it, in lower case. */
  domains: string[];
  /** The first is taken where the Host names none, or none of these. */
  ports: CalleePort[];
  instances: readonly Instance[];
  service?: Resource<'Service'>;
  entry?: Resource<'ServiceEntry'>;
}

export interface CalleePort {
  name: string;
  number: number;
  protocol: Protocol | EntryProtocol;
}

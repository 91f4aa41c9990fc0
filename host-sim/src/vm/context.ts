import type { FilterStream } from '../http/filter-stream.js';
import type { Plugin } from './plugin.js';

/** What a host call works on: a root context, or the stream of one request. */
export interface Context {
  id: number;
  /** The root's id; 0 for a root. */
  parent: number;
  plugin: Plugin;
  /** The node of the bootstrap. */
  node: { id: string; cluster: string };
  /** Absent for roots, which have no stream and so no headers. */
  stream?: FilterStream;
}

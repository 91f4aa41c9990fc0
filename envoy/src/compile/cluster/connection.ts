import type { ClusterFeature } from '../feature.js';

/** How long a connection may take to come about, and how much is held for a side that reads slowly. */
export const connection: ClusterFeature = ({ node }) => ({
  connect_timeout: '5s',
  per_connection_buffer_limit_bytes: node.connectionBuffer,
});

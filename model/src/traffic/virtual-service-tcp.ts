import { laterField } from '../schema.js';

/** Routes of connections that are not looked into: by the name that TLS begins with, and by their port. */
export const connectionRoutes = {
  tls: laterField('tls (routes of TLS connections by their server name)'),
  tcp: laterField('tcp (routes of plain TCP connections)'),
};

import { createServer, type RequestListener } from 'node:http';
import type { TestContext } from 'node:test';
import { listen } from './listen.js';

/** An HTTP server on loopback that lives as long as the test; its port. */
export async function serve(context: TestContext, listener: RequestListener): Promise<number> {
  const server = createServer(listener);
  context.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return listen(server);
}

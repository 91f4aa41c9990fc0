import { Agent, request } from 'node:http';
import { within } from './wait.js';

export interface Load {
  port: number;
  /** Connections that send at the same time, each one request after the other. */
  connections: number;
  /** What to send, in order of start. */
  requests: { path?: string; headers?: Record<string, string> }[];
}

/** Sends all requests over parallel connections and counts the answers by status. */
export async function load({ port, connections, requests }: Load): Promise<Map<number, number>> {
  const counts = new Map<number, number>();
  let next = 0;
  const connection = async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let at = next++; at < requests.length; at = next++) {
      const status = await send(agent, port, requests[at] ?? {});
      counts.set(status, (counts.get(status) ?? 0) + 1);
    }
    agent.destroy();
  };
  await Promise.all(Array.from({ length: connections }, connection));
  return counts;
}

function send(agent: Agent, port: number, { path = '/', headers = {} }: Load['requests'][number]): Promise<number> {
  const answer = new Promise<number>((resolve, reject) => {
    const call = request({ agent, host: '127.0.0.1', port, path, headers }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0));
    });
    call.on('error', reject);
    call.end();
  });
  return within(`the answer to ${path} of port ${port}`, answer);
}

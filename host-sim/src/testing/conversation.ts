import { connect } from 'node:net';
import { event } from '../../../tests/support/wait.js';
import type { GrpcServer } from './grpc-server.js';
import { ManualServer } from './manual-server.js';

/** Who says what: bytes, or `close` to break the connection; `wait` lets that many milliseconds go by. */
export type Step = ['client' | 'upstream' | 'callout' | 'grpc', string] | ['wait', number];

export interface Conversation {
  name: string;
  steps: Step[];
}

/** What became of one; `logged` has the number of log lines after each step. */
export interface RecordedConversation extends Conversation {
  logged: number[];
  answer: string;
  /** The client's connection was closed by the other side. */
  closed: boolean;
  upstream: string;
  callout: string;
  /** What the gRPC server saw, a line an event. */
  grpc?: string;
  log: string[];
  /** Envoy itself died of it. */
  crashed?: boolean;
}

export interface Parties {
  port: number;
  upstream: ManualServer;
  callout: ManualServer;
  grpc?: GrpcServer;
  /** Comes back when the step has had its effect. */
  settle(step: number): Promise<void>;
  /** Comes back when that party has been spoken to, or never will be. */
  reached(who: 'client' | 'upstream' | 'callout' | 'grpc'): Promise<void>;
  wait(ms: number): void | Promise<void>;
  /** The client got bytes, or its end. */
  heard(answer: string, closed: boolean): void;
}

/** Plays the steps of a conversation against whoever listens on the port; the answer ends the client's connection. */
export async function converse(steps: readonly Step[], parties: Parties): Promise<() => void> {
  const { upstream, callout } = parties;
  upstream.forget();
  callout.forget();
  parties.grpc?.forget();
  const client = connect(parties.port, '127.0.0.1');
  let answer = '';
  client.on('data', (chunk) => {
    answer += chunk.toString('latin1');
    parties.heard(answer, false);
  });
  client.on('close', () => parties.heard(answer, true));
  client.on('error', () => {});
  await event('a connection to the proxy', client, 'connect');
  for (const [index, [who, what]] of steps.entries()) {
    if (who === 'wait') await parties.wait(what as number);
    else if (who === 'client') {
      if (what === 'close') {
        await parties.reached('client');
        client.destroy();
      } else if (what === 'end') client.end();
      else client.write(Buffer.from(what as string, 'latin1'));
    } else {
      const server = { upstream, callout, grpc: parties.grpc }[who];
      await parties.reached(who);
      if (!server) throw new Error(`there is no ${who} here`);
      if (what === 'close') server.hangUp();
      else if (what === 'end' && server instanceof ManualServer) server.finish();
      else server.say(what as string);
    }
    await parties.settle(index);
  }
  return () => client.destroy();
}

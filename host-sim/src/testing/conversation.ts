import { once } from 'node:events';
import { connect } from 'node:net';
import type { ManualServer } from './manual-server.js';

/** Who says what: bytes, or `close` to break the connection; `wait` lets that many milliseconds go by. */
export type Step = ['client' | 'upstream' | 'callout', string] | ['wait', number];

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
  log: string[];
}

export interface Parties {
  port: number;
  upstream: ManualServer;
  callout: ManualServer;
  /** Comes back when the step has had its effect. */
  settle(step: number): Promise<void>;
  /** Comes back when that party has been spoken to, or never will be. */
  reached(who: 'client' | 'upstream' | 'callout'): Promise<void>;
  wait(ms: number): void | Promise<void>;
  /** The client got bytes, or its end. */
  heard(answer: string, closed: boolean): void;
}

/** Plays the steps of a conversation against whoever listens on the port; the answer ends the client's connection. */
export async function converse(steps: readonly Step[], parties: Parties): Promise<() => void> {
  const { upstream, callout } = parties;
  upstream.forget();
  callout.forget();
  const client = connect(parties.port, '127.0.0.1');
  let answer = '';
  client.on('data', (chunk) => {
    answer += chunk.toString('latin1');
    parties.heard(answer, false);
  });
  client.on('close', () => parties.heard(answer, true));
  client.on('error', () => {});
  await once(client, 'connect');
  for (const [index, [who, what]] of steps.entries()) {
    if (who === 'wait') await parties.wait(what as number);
    else if (who === 'client') {
      if (what === 'close') {
        await parties.reached('client');
        client.destroy();
      } else client.write(Buffer.from(what as string, 'latin1'));
    } else {
      const server = who === 'upstream' ? upstream : callout;
      await parties.reached(who);
      if (what === 'close') server.hangUp();
      else server.say(what as string);
    }
    await parties.settle(index);
  }
  return () => client.destroy();
}

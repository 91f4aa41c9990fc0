import { within } from '../../../tests/support/wait.js';
import { Gateway } from '../gateway/gateway.js';
import { ManualClock } from '../process/clock.js';
import { bootstrap } from './bootstrap.js';
import { compileStreamProbe } from './compile.js';
import { normalize } from './normalize.js';
import { exchange } from './raw-client.js';
import { startUpstream } from './raw-upstream.js';

/** A request that has no answer then is taken to be stopped for good. */
export const SILENCE_MS = 500;

export interface FuzzResult {
  answer: string;
  upstream: string[];
  log: string[];
}

/** A gateway with the probe that plays fuzz cases one after the other. */
export async function startFuzzGateway() {
  const upstream = await startUpstream();
  const log: string[] = [];
  let logged = () => {};
  const gateway = await Gateway.start(bootstrap({ wasm: await compileStreamProbe(), endpoints: [upstream.port] }), {
    clock: new ManualClock(),
    onLog: ({ level, message }) => {
      log.push(`[${level}] ${message}`);
      logged();
    },
  });
  const ports = { gateway: gateway.listeners[0]?.port ?? 0, upstream: upstream.port };
  return {
    /** Plays one of which it is known whether it is answered; comes back when so many lines were logged, or the stream is over. */
    async run(
      request: string,
      { answer: awaited, log: { length: lines } }: Pick<FuzzResult, 'answer' | 'log'>,
    ): Promise<FuzzResult> {
      log.length = 0;
      upstream.seen.length = 0;
      const whole = new Promise<void>((resolve) => {
        logged = () => {
          if (log.length >= lines || log.includes('[info] P delete')) resolve();
        };
        if (lines === 0) resolve();
      });
      const answer = await exchange(ports.gateway, request, awaited === '' ? SILENCE_MS : 0);
      await within(() => `${lines} lines; there were:\n${log.join('\n')}`, whole);
      const tidy = (text: string) => normalize(text, ports);
      return { answer: tidy(answer), upstream: upstream.seen.map(tidy), log: log.map(tidy) };
    },
    async close(): Promise<void> {
      await gateway.close();
      await upstream.close();
    },
  };
}

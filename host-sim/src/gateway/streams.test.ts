import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { ManualClock } from '../process/clock.js';
import type { LogLine } from '../process/log.js';
import { bootstrap } from '../testing/bootstrap.js';
import { compileStreamProbe } from '../testing/compile.js';
import { converse, type RecordedConversation } from '../testing/conversation.js';
import { inputOf, SETUPS } from '../testing/conversations.js';
import { GrpcServer } from '../testing/grpc-server.js';
import { ManualServer } from '../testing/manual-server.js';
import { normalize } from '../testing/normalize.js';
import { ParityCount } from '../testing/parity-count.js';
import { withoutGrpcIds } from '../testing/replay.js';
import { Gateway } from './gateway.js';

// What Envoy 1.40.0 said and wrote in conversations with pieces of bodies, trailers, breaks and callouts; see record.ts.
const RECORDED = JSON.parse(
  readFileSync(new URL('../testing/envoy-1.40-streams.json', import.meta.url), 'utf8'),
) as Record<string, RecordedConversation[]>;
/** Where the gateway does other than Envoy, and why. */
const DIFFERENCES: Record<string, string> = {
  'continue in headers': 'Envoy sends the request upstream twice when a filter continues it and then answers Continue',
  'make trailers held':
    'Envoy sends the trailers twice when a filter makes them in the callback that lets a held body go; the upstream then reads rubbish',
  'grpc service "%12%02%0a%00"': 'google_grpc is refused by name',
  'grpc service "%12%08%0a%01a%1a%03foo"': 'google_grpc is refused by name',
  'grpc stream sends from callbacks': 'a message sent from the trailers callback makes Envoy end the stream twice',
  // With Node 20 it is the same; whether the server of the test or the gateway is why was not found.
  ...(Number.parseInt(process.versions.node, 10) >= 24 && {
    'grpc call reset later': 'with Node 24 a stream that is reset with CANCEL behind its head ends without a code',
  }),
};
/** Waiting longer than this is a difference. */
const PATIENCE_MS = Number(process.env.PATIENCE_MS ?? 20_000);

for (const setup of SETUPS.filter(({ name }) => name !== 'cel' && (process.env.SETUP ?? name) === name)) {
  test(`the gateway converses as Envoy 1.40 did: ${setup.name}`, async (t) => {
    const upstream = await ManualServer.start();
    const callout = await ManualServer.start();
    const grpc = await GrpcServer.start();
    const clock = new ManualClock();
    const log: string[] = [];
    let changed = () => {};
    const config = bootstrap({
      wasm: await compileStreamProbe(),
      ...inputOf(setup, upstream.port, callout.port, grpc.port),
    });
    const onLog = ({ level, message }: LogLine) => {
      log.push(`[${level}] ${message}`);
      changed();
    };
    let gateway = await Gateway.start(config, { clock, onLog });
    const ports = { gateway: gateway.listeners[0]?.port ?? 0, upstream: upstream.port };
    /** Comes back when `done` is true, or when that has taken too long. */
    const until = async (done: () => boolean): Promise<void> => {
      const end = Date.now() + PATIENCE_MS;
      while (!done() && Date.now() < end) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, 100);
          changed = () => {
            clearTimeout(timer);
            resolve();
          };
          void upstream.next().then(changed);
          void callout.next().then(changed);
          void grpc.next().then(changed);
        });
      }
    };
    const parity = new ParityCount(`streams of the gateway: ${setup.name}`, 'recorded');
    let before = '';
    for (const recorded of RECORDED[setup.name] ?? []) {
      const left = DIFFERENCES[recorded.name];
      if (left !== undefined) parity.skipped(recorded.name, left);
      // The last status stays with the root; one that a left out case left is not here.
      const inherited = DIFFERENCES[before] !== undefined;
      before = recorded.name;
      const line = (text: string) =>
        withoutGrpcIds(text).replace(inherited ? /(ginit|grecv|gtrail) gstatus -> 0 \d+/ : /^$/, '$1 gstatus');
      await t.test(recorded.name, { skip: left }, async () => {
        clock.advance('1s');
        log.length = 0;
        let heard = { answer: '', closed: false };
        const tidy = (text: string) => normalize(text, ports);
        const result = () => ({
          answer: tidy(heard.answer),
          // Envoy waits a second before it ends a connection that it does not keep; here that is at once.
          closed: recorded.closed && heard.closed,
          upstream: tidy(upstream.seen),
          callout: tidy(callout.seen),
          ...(grpc.seen && { grpc: tidy(grpc.seen) }),
          log: log.map((text) => line(tidy(text))),
        });
        const { name: _name, steps, logged, crashed, ...told } = recorded;
        const expected = { ...told, log: told.log.map(line) };
        const leave = await converse(steps, {
          port: ports.gateway,
          upstream,
          callout,
          grpc,
          settle: async (step) => {
            await until(() => crashed || log.length >= (logged[step] as number));
            if (steps[step]?.[0] === 'grpc') await grpc.heard();
          },
          reached: (who) =>
            until(() => {
              if (who === 'client') return tidy(heard.answer) === recorded.answer;
              // A call is asked when all of it has come, a stream when it begins.
              const asked = recorded.grpc?.includes('grpc-timeout') ? '1 end' : '1 headers';
              if (who === 'grpc' && recorded.grpc) return grpc.seen.includes(asked);
              return !recorded[who] || (who === 'upstream' ? upstream : callout).spoken;
            }),
          wait: async (ms) => {
            // What was sent before is on its way over a real network.
            await until(() => tidy(callout.seen) === recorded.callout);
            await until(() => !recorded.grpc || grpc.seen.includes('1 end'));
            await grpc.heard();
            clock.advance(ms);
          },
          heard: (answer, closed) => {
            heard = { answer, closed };
            changed();
          },
        });
        if (crashed) {
          await until(() => log.some((text) => text.startsWith('[critical] [envoy_crash]')));
          leave();
          assert.match(log.join('\n'), /^\[critical\] \[envoy_crash\]/m);
          await gateway.close();
          gateway = await Gateway.start(config, { clock, onLog });
          ports.gateway = gateway.listeners[0]?.port ?? 0;
          return;
        }
        await until(() => JSON.stringify(result()) === JSON.stringify(expected));
        const whole = result();
        leave();
        // What a filter hears of a client that has left only now, too.
        if (setup.network && !recorded.closed) await until(() => log.length > recorded.log.length);
        // The stream's end belongs to this conversation, not to the next one; a VM that trapped hears nothing of it.
        const [began, trapped] = ['[info] P req', '[error] Function: '].map((start) =>
          log.some((line) => line.startsWith(start)),
        );
        if (began && !trapped) await until(() => log.includes('[info] P delete'));
        assert.deepEqual(whole, expected);
        parity.same(recorded.name);
      });
    }
    parity.tell(t);
    await gateway.close();
    await upstream.close();
    await callout.close();
    await grpc.close();
  });
}

import { formatTraceEntry, Gateway, type TraceEntry } from '@tollgate/host-sim';
import type { Scenario } from './scenario.js';
import { endUnlessAll, logText, type OpenStage, openStage } from './stages.js';
import { TimerClock } from './timer-clock.js';
import { within } from './wait.js';

/** Of a long scenario the end is what explains its failure. */
const conversationLinesMax = 200;

/** The simulator has a character for each byte of a message; Envoy's log is read as UTF-8. */
function inUtf8(message: string): string {
  return Buffer.from(message, 'latin1').toString('utf8');
}

/** The scenario's proxies in this process, with a clock that stands still. */
export async function simulatorStage(scenario: Scenario): Promise<OpenStage> {
  const clock = new TimerClock(scenario.at);
  const log: string[] = [];
  const conversation: string[] = [];
  const fatal: string[] = [];
  const options = {
    env: scenario.env,
    workers: scenario.workers,
    clock,
    logLevel: scenario.logLevel,
    onLog: ({ level, message, plugin }: { level: string; message: string; plugin: string }) => {
      if (plugin !== '') log.push(logText(level, inUtf8(message)));
      else if (level === 'critical') fatal.push(message);
    },
    onTrace: (entries: readonly TraceEntry[]) => {
      conversation.push(...entries.map(formatTraceEntry));
      conversation.splice(0, conversation.length - conversationLinesMax);
    },
  };
  let gateways: Gateway[] = [];
  const stage = await openStage(scenario, async (nodes) => {
    const starts = await Promise.allSettled(nodes.map(({ bootstrap }) => Gateway.start(bootstrap, options)));
    gateways = starts.flatMap((start) => (start.status === 'fulfilled' ? start.value : []));
    const close = () => Promise.all(gateways.map((gateway) => gateway.close()));
    await endUnlessAll(starts, close);
    return close;
  });
  return {
    ...stage,
    stepWall: (ms) => clock.stepWall(ms),
    // What is on its way over the sockets now happened before the clock moves.
    stepMonotonic: async (ms) => clock.advance(ms),
    waitsFor: async (ms, answering) => {
      const first = await Promise.race([clock.timer(ms), answering.then(() => 'the answer' as const)]);
      if (first === 'the answer') return `expected to take ${ms / 1000} s, the answer came without waiting so long`;
      clock.advance(ms);
      // In a real Envoy the wall clock stands meanwhile.
      clock.stepWall(-ms);
      return undefined;
    },
    elapsedMs: () => 0,
    log,
    metrics: async () => Object.assign({}, ...gateways.map((gateway) => gateway.metrics)),
    fault: ({ trapAtHostCall, allocationsRefused, queuesFull }) => {
      for (const { faults } of gateways) {
        if (trapAtHostCall !== undefined) faults.trapAtHostCall(trapAtHostCall);
        if (allocationsRefused !== undefined) faults.allocationsRefused = allocationsRefused;
        if (queuesFull !== undefined) faults.queuesFull = queuesFull;
      }
    },
    idle: async () => {
      const idle = Promise.all(gateways.map((gateway) => gateway.idle()));
      await within('the gateway to have no request on its way any more', idle);
    },
    conversation: () => conversation.splice(0),
    fatal: () => fatal.splice(0),
  };
}

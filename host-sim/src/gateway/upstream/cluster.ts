import { Agent } from 'node:http';
import type { ClientHttp2Session } from 'node:http2';
import type { ClusterPlan, Endpoint } from '../plan/plan.js';

/** The endpoints of one cluster, taken in turns or at random, with the connections kept open to them. */
export class Cluster {
  readonly agent = new Agent({ keepAlive: true });
  /** HTTP/2 connections by origin. */
  readonly sessions = new Map<string, ClientHttp2Session>();
  readonly #turns: Endpoint[];
  #next = 0;

  constructor(
    readonly plan: ClusterPlan,
    /** A new number from 0 to 1. */
    private readonly draw: () => number,
  ) {
    this.#turns = interleave(plan.endpoints);
  }

  pick(): Endpoint | undefined {
    const { endpoints, random } = this.plan;
    // Envoy: without a look at their weights.
    if (random) return endpoints[Math.floor(this.draw() * endpoints.length)];
    return this.#turns.length === 0 ? undefined : this.#turns[this.#next++ % this.#turns.length];
  }

  /** Chooses again, so many times at most, where the choice was tried before; the last choice counts. */
  pickOther(tried: ReadonlySet<Endpoint>, againMax: number): Endpoint | undefined {
    let choice = this.pick();
    for (let again = 0; again < againMax && choice && tried.has(choice); again++) choice = this.pick();
    return choice;
  }

  close(): void {
    this.agent.destroy();
    for (const session of this.sessions.values()) session.destroy();
  }
}

/** Each endpoint as often as it weighs, spread evenly over the round. */
function interleave(endpoints: readonly Endpoint[]): Endpoint[] {
  const slots = endpoints.flatMap((endpoint) =>
    Array.from({ length: endpoint.weight }, (_, index) => ({ endpoint, at: (index + 0.5) / endpoint.weight })),
  );
  return slots.sort((a, b) => a.at - b.at).map(({ endpoint }) => endpoint);
}

import { request } from 'node:http';
import { TollgateError } from '@tollgate/model';

/** How long Envoy may take to judge new rules. Compiling a filter takes tens of milliseconds. */
const applyMsMax = 10_000;

/** More followers than this are not named when Envoy is asked: the question would become too long. */
const namedMax = 50;

export type AdminAddress = { host: string; port: number } | { socketPath: string };

interface Counts {
  accepted: number;
  rejected: number;
}

/** What an Envoy makes of files that it follows, by the counters of its followers. */
export class Judgement {
  #before = new Map<string, Counts>();

  constructor(
    private readonly admin: AdminAddress,
    private readonly followers: readonly string[],
  ) {}

  /** Before the files are replaced. */
  async begin(): Promise<void> {
    this.#before = await this.#counts();
  }

  /** Whether any was refused, once all have been judged. */
  async refuses(): Promise<boolean> {
    const deadline = Date.now() + applyMsMax;
    for (;;) {
      const now = await this.#counts();
      const since = this.followers.map((name) => {
        const { accepted, rejected } = now.get(name) ?? { accepted: 0, rejected: 0 };
        const before = this.#before.get(name);
        return { accepted: accepted - (before?.accepted ?? 0), rejected: rejected - (before?.rejected ?? 0) };
      });
      if (since.some(({ rejected }) => rejected > 0)) return true;
      if (since.every(({ accepted }) => accepted > 0)) return false;
      if (Date.now() > deadline)
        throw new TollgateError('envoy_failed', `Envoy did not apply the new rules within ${applyMsMax / 1000} s`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  async #counts(): Promise<Map<string, Counts>> {
    const names = this.followers.map((name) => name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
    const which = names.length <= namedMax ? `(${names.join('|')})` : '.*';
    const filter = `^${which}\\.(update_success|update_rejected|config_reload|config_fail)$`;
    const stats = await get(this.admin, `/stats?filter=${encodeURIComponent(filter)}`);
    const counts = new Map<string, Counts>();
    for (const line of stats.split('\n')) {
      const [, name = '', what = '', value] = /^(.*)\.(\w+): (\d+)$/.exec(line) ?? [];
      const count = counts.get(name) ?? { accepted: 0, rejected: 0 };
      counts.set(name, count);
      if (what === 'update_success' || what === 'config_reload')
        count.accepted = Math.max(count.accepted, Number(value));
      else count.rejected = Math.max(count.rejected, Number(value));
    }
    return counts;
  }
}

function get(admin: AdminAddress, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(applyMsMax);
    const call = request({ ...admin, path, agent: false, signal }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve(Buffer.concat(chunks).toString()));
    });
    call.on('error', (cause) =>
      reject(new TollgateError('envoy_failed', 'cannot ask Envoy whether it applied the new rules', { cause })),
    );
    call.end();
  });
}

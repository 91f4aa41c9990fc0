import { rename, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { inlined, type Resources } from '@tollgate/envoy';
import { type TemporaryFolder, temporaryFolder } from '@tollgate/envoy/binary';
import { TollgateError } from '@tollgate/model';

/** How long Envoy may take to judge new rules. Compiling a filter takes tens of milliseconds. */
const applyMsMax = 10_000;

const refusal = 'Envoy rejected the new rules (its log says why); the old rules stay in force';

export type AdminAddress = { host: string; port: number } | { socketPath: string };

/** The two files that a watching Envoy follows. Each is replaced whole, clusters first: a listener must find its clusters. */
export class RuleFiles {
  readonly paths: { listeners: string; clusters: string };
  /** For a node without an admin address of its own: it tells whether Envoy took the rules. */
  readonly adminSocket: string;

  readonly #folder: TemporaryFolder = temporaryFolder('tollgate-rules-');

  constructor() {
    const { path } = this.#folder;
    this.paths = { listeners: join(path, 'listeners.json'), clusters: join(path, 'clusters.json') };
    this.adminSocket = join(path, 'admin.sock');
  }

  /** Writes new rules and waits until Envoy has judged them. */
  async replace(resources: Resources, admin: AdminAddress): Promise<void> {
    const before = await judged(admin);
    await this.write(resources);
    const deadline = Date.now() + applyMsMax;
    for (;;) {
      const now = await judged(admin);
      if (now.rejected > before.rejected) throw new TollgateError('envoy_failed', refusal);
      if (now.accepted > before.accepted) return;
      if (Date.now() > deadline)
        throw new TollgateError('envoy_failed', `Envoy did not apply the new rules within ${applyMsMax / 1000} s`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  remove(): void {
    this.#folder.remove();
  }

  /** For the files that an Envoy found when it started: it is ready even where it refuses them, and then listens nowhere. */
  async assertTaken(admin: AdminAddress): Promise<void> {
    if ((await judged(admin)).rejected > 0) throw new TollgateError('envoy_failed', refusal);
  }

  async write(resources: Resources): Promise<void> {
    const { version } = resources;
    const { clusters, listeners } = inlined(resources);
    await this.put(this.paths.clusters, version, 'envoy.config.cluster.v3.Cluster', clusters);
    await this.put(this.paths.listeners, version, 'envoy.config.listener.v3.Listener', listeners);
  }

  /** Envoy follows renames, not writes, so it never reads half a file. */
  private async put(path: string, version: string, type: string, resources: readonly object[]): Promise<void> {
    const packed = resources.map((resource) => ({ '@type': `type.googleapis.com/${type}`, ...resource }));
    await writeFile(`${path}.next`, JSON.stringify({ version_info: version, resources: packed }), { mode: 0o600 });
    await rename(`${path}.next`, path);
  }
}

/** How many sets of listeners Envoy has taken and refused so far. */
async function judged(admin: AdminAddress): Promise<{ accepted: number; rejected: number }> {
  const stats = await get(admin, '/stats?filter=^listener_manager\\.lds\\.update_');
  const count = (name: string) => Number(new RegExp(`update_${name}: (\\d+)`).exec(stats)?.[1] ?? 0);
  return { accepted: count('success'), rejected: count('rejected') };
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

import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { linked, type Resources } from '@tollgate/envoy';
import { type TemporaryFolder, temporaryFolder } from '@tollgate/envoy/binary';
import { TollgateError } from '@tollgate/model';
import { type AdminAddress, Judgement } from './judgement.js';

const refusal = 'Envoy rejected the new rules (its log says why); the old rules stay in force';

/** A file that Envoy follows, and what it holds. */
interface RuleFile {
  path: string;
  text: string;
  /** The name in Envoy's statistics of whoever follows it. */
  follower: string;
}

/**
 * The files that a watching Envoy follows: one with all listeners, one with all clusters, and one for each resource that may
 * change without them. Only those that changed are replaced.
 */
export class RuleFiles {
  readonly paths: { listeners: string; clusters: string };
  /** For a node without an admin address of its own: it tells whether Envoy took the rules. */
  readonly adminSocket: string;

  readonly #folder: TemporaryFolder = temporaryFolder('tollgate-rules-');
  #written = new Map<string, RuleFile>();
  #inForce: Resources | undefined;

  constructor() {
    const { path } = this.#folder;
    this.paths = { listeners: join(path, 'listeners.json'), clusters: join(path, 'clusters.json') };
    this.adminSocket = join(path, 'admin.sock');
    for (const type of ['routes', 'endpoints', 'filters']) mkdirSync(join(path, type));
  }

  /** Writes new rules and waits until Envoy has judged them. Where it refuses any, the old ones are put back. */
  async replace(resources: Resources, admin: AdminAddress): Promise<void> {
    const before = this.#inForce;
    try {
      // A route may still lead to a cluster that is to go: first all are there.
      const together = before && withClustersOf(resources, before);
      if (together) await this.#put(this.#filesOf(together), admin);
      await this.#put(this.#filesOf(resources), admin);
    } catch (cause) {
      if (before) await this.write(before);
      throw cause;
    }
    this.#inForce = resources;
  }

  remove(): void {
    this.#folder.remove();
  }

  /** For the files that an Envoy found when it started: it is ready even where it refuses them, and then listens nowhere. */
  async assertTaken(admin: AdminAddress): Promise<void> {
    const judgement = new Judgement(
      admin,
      [...this.#written.values()].map(({ follower }) => follower),
    );
    if (await judgement.refuses()) throw new TollgateError('envoy_failed', refusal);
  }

  /** For an Envoy that is yet to start. */
  async write(resources: Resources): Promise<void> {
    await this.#put(this.#filesOf(resources));
    this.#inForce = resources;
  }

  async #put(files: readonly RuleFile[], admin?: AdminAddress): Promise<void> {
    const changed = files.filter(({ path, text }) => this.#written.get(path)?.text !== text);
    // What is new is judged by whoever comes to follow it.
    const followers = changed.filter(({ path }) => this.#written.has(path)).map(({ follower }) => follower);
    const judgement = admin && followers.length > 0 ? new Judgement(admin, followers) : undefined;
    await judgement?.begin();
    for (const file of changed) {
      await replaceFile(file);
      this.#written.set(file.path, file);
    }
    if (await judgement?.refuses()) throw new TollgateError('envoy_failed', refusal);
    const wanted = new Set(files.map(({ path }) => path));
    for (const path of this.#written.keys()) {
      if (wanted.has(path)) continue;
      this.#written.delete(path);
      await rm(path, { force: true });
    }
  }

  /** In the order in which they must be there: whoever follows a file finds it. */
  #filesOf(resources: Resources): RuleFile[] {
    const { routes, endpoints, filterConfigs } = resources;
    const source = (path: string) => ({ path_config_source: { path }, resource_api_version: 'V3' as const });
    const at = (type: 'routes' | 'endpoints' | 'filters', name = '') =>
      join(this.#folder.path, type, `${createHash('sha256').update(name).digest('hex').slice(0, 32)}.json`);
    const { listeners, clusters } = linked(resources, {
      routes: (name) => ({ rds: { route_config_name: name, config_source: source(at('routes', name)) } }),
      filter: (name) => ({ config_discovery: { config_source: source(at('filters', name)) } }),
      endpoints: (name) => ({ eds_cluster_config: { eds_config: source(at('endpoints', name)) } }),
    });
    return [
      ...endpoints.map((one) => ({
        path: at('endpoints', one.cluster_name),
        text: packed('envoy.config.endpoint.v3.ClusterLoadAssignment', [one]),
        follower: `cluster.${one.cluster_name}`,
      })),
      {
        path: this.paths.clusters,
        text: packed('envoy.config.cluster.v3.Cluster', clusters),
        follower: 'cluster_manager.cds',
      },
      ...filterConfigs.map((one) => ({
        path: at('filters', one.name),
        text: packed('envoy.config.core.v3.TypedExtensionConfig', [one]),
        follower: `extension_config_discovery.${isOfConnections(one) ? 'network' : 'http'}_filter.${one.name}`,
      })),
      ...routes.map((one) => ({
        path: at('routes', one.name),
        text: packed('envoy.config.route.v3.RouteConfiguration', [one]),
        follower: `http.${one.name}.rds.${one.name}`,
      })),
      {
        path: this.paths.listeners,
        text: packed('envoy.config.listener.v3.Listener', listeners),
        follower: 'listener_manager.lds',
      },
    ];
  }
}

/** Whether a filter stands before HTTP, or before plain TCP. */
function isOfConnections({ typed_config }: Resources['filterConfigs'][number]): boolean {
  return String(typed_config?.['@type']).includes('.filters.network.');
}

/** Undefined where none of the clusters before is to go. */
function withClustersOf(resources: Resources, before: Resources): Resources | undefined {
  const clusters = new Set(resources.clusters.map(({ name }) => name));
  const going = before.clusters.filter(({ name }) => !clusters.has(name));
  if (going.length === 0) return undefined;
  return {
    ...resources,
    clusters: [...resources.clusters, ...going],
    endpoints: [...resources.endpoints, ...before.endpoints.filter(({ cluster_name }) => !clusters.has(cluster_name))],
  };
}

/** Named by its content: Envoy takes a file of the same name for the same. */
function packed(type: string, resources: readonly object[]): string {
  const typed = resources.map((resource) => ({ '@type': `type.googleapis.com/${type}`, ...resource }));
  const text = JSON.stringify(typed);
  const version = createHash('sha256').update(text).digest('hex').slice(0, 16);
  return JSON.stringify({ version_info: version, resources: typed });
}

/** Envoy follows renames, not writes, so it never reads half a file. */
async function replaceFile({ path, text }: RuleFile): Promise<void> {
  await writeFile(`${path}.next`, text, { mode: 0o600 });
  await rename(`${path}.next`, path);
}

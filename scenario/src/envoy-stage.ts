import { request } from 'node:http';
import { join } from 'node:path';
import { startEnvoy, temporaryFolder } from '@tollgate/envoy/binary';
import { statPrefix } from './filter-proxy.js';
import type { Scenario } from './scenario.js';
import { endUnlessAll, logText, type OpenStage, openStage } from './stages.js';
import { until, within } from './wait.js';
import { EnvoyWallClock, wallClockAvailable } from './wall-clock.js';

/** What Envoy puts before a line that a filter logged: the names of the plugin, as far as they are set. */
const filterLog = /^wasm log[^:]*: /;
/** Envoy's prefix of the metrics that filters define. */
const metricPrefix = 'wasmcustom.';

/** The scenario's proxies as real Envoys. `path` is the binary. */
export async function envoyStage(scenario: Scenario, path: string): Promise<OpenStage> {
  const folder = temporaryFolder('tollgate-stage-');
  const clock = wantsClock(scenario) ? new EnvoyWallClock(scenario.at, { stands: true }) : undefined;
  const leave = () => {
    clock?.close();
    folder.remove();
  };
  const log: string[] = [];
  const admin = join(folder.path, 'admin.sock');
  try {
    const stage = await openStage(scenario, async (nodes) => {
      const envoys = nodes.map(({ name, bootstrap }) =>
        startEnvoy({
          path,
          nodeName: name,
          bootstrap,
          env: { ...(scenario.filters ? {} : scenario.env), ...clock?.env },
          concurrency: scenario.workers,
          filterLogLevel: scenario.logLevel === 'warn' ? 'warning' : scenario.logLevel,
          onLog: ({ level, component, message }) => {
            if (component === 'wasm' && filterLog.test(message))
              log.push(logText(level, message.replace(filterLog, '')));
          },
          ...(scenario.filters ? { adminSocket: admin } : {}),
        }),
      );
      const stop = () => Promise.all(envoys.map((envoy) => envoy.stop()));
      await endUnlessAll(await Promise.allSettled(envoys.map((envoy) => envoy.ready)), stop);
      return stop;
    });
    const began = performance.now();
    const impossible = (what: string) => () => {
      throw new Error(`a real Envoy ${what}`);
    };
    return {
      ...stage,
      stepWall: (ms) => clock?.step(ms),
      stepMonotonic: impossible('has no monotonic clock to step'),
      waitsFor: async (ms, answering, asked) => {
        await answering;
        const tookMs = performance.now() - asked;
        return tookMs < ms ? `expected to take ${ms / 1000} s, it took ${Math.ceil(tookMs)} ms` : undefined;
      },
      elapsedMs: () => performance.now() - began,
      log,
      metrics: () => metricsOf(admin),
      fault: impossible('takes no faults'),
      idle: () => idle(admin),
      conversation: () => [],
      fatal: () => [],
      close: async () => {
        await stage.close();
        leave();
      },
    };
  } catch (cause) {
    leave();
    throw cause;
  }
}

/** Policies are always played at the scenario's time; a filter, where no such clock can be had, only if its scenario moves it. */
function wantsClock({ filters, steps }: Scenario): boolean {
  return !filters || steps.some(({ advance }) => advance !== undefined && advance.wall !== 0) || wallClockAvailable();
}

interface Stats {
  stats: { name?: string; value?: number | string }[];
}

function stats(admin: string, filter: string): Promise<Stats> {
  const answered = new Promise<Stats>((resolve, reject) => {
    request({ socketPath: admin, path: `/stats?format=json&filter=${encodeURIComponent(filter)}` }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => resolve(JSON.parse(Buffer.concat(chunks).toString()) as Stats));
    })
      .on('error', reject)
      .end();
  });
  return within('the statistics of Envoy', answered);
}

async function metricsOf(admin: string): Promise<Record<string, number>> {
  const found = await stats(admin, `^${metricPrefix}`);
  return Object.fromEntries(
    // Histograms stand in an entry without a name.
    found.stats.flatMap(({ name, value }) =>
      name === undefined ? [] : [[name.slice(metricPrefix.length), Number(value)]],
    ),
  );
}

/** Envoy tells nobody when a stream is over, so it is asked. */
function idle(admin: string): Promise<void> {
  return until('Envoy to have no request on its way any more', async () => {
    const found = await stats(admin, `^http\\.${statPrefix}\\.downstream_rq_active$`);
    return found.stats.every(({ value }) => Number(value) === 0);
  });
}

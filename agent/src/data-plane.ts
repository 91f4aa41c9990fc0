import { findEnvoy } from '@tollgate/envoy/binary';
import { TollgateError } from '@tollgate/model';
import type { DataPlane } from './proxy.js';

/** A real Envoy where one can be had, else the simulator. `TOLLGATE_DATA_PLANE` forces either. */
export async function chooseDataPlane(
  env: NodeJS.ProcessEnv,
  report: (line: string) => void,
  signal?: AbortSignal,
): Promise<DataPlane> {
  const forced = env.TOLLGATE_DATA_PLANE;
  if (forced !== undefined && forced !== 'envoy' && forced !== 'simulator') {
    throw new TollgateError('usage', `TOLLGATE_DATA_PLANE is "${forced}", write envoy or simulator`);
  }
  if (forced === 'simulator') return simulator('TOLLGATE_DATA_PLANE=simulator');
  const found = await findEnvoy({ env, report, signal });
  if ('path' in found) {
    const { envoyPlane } = await import('./envoy-plane.js');
    return envoyPlane(found);
  }
  if (forced === 'envoy') throw new TollgateError('envoy_missing', `no Envoy is available: ${found.missing}`);
  return simulator(`no Envoy is available: ${found.missing}`);
}

async function simulator(why: string): Promise<DataPlane> {
  const { simulatorPlane } = await import('./simulator-plane.js');
  return simulatorPlane(why);
}

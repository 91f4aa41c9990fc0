import { type EnvoyBinary, findEnvoy } from '@tollgate/envoy/binary';

let found: Promise<EnvoyBinary> | undefined;

/** The real Envoy, fetched once where it is not there yet. Tests on it are never skipped in silence: without it they fail. */
export function realEnvoy(): Promise<EnvoyBinary> {
  found ??= findEnvoy({ env: process.env, report: (line) => process.stderr.write(`${line}\n`) }).then((result) => {
    if ('path' in result) return result;
    throw new Error(`these tests need a real Envoy: ${result.missing}`);
  });
  return found;
}

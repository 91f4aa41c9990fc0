import { startControl } from '@tollgate/control';
import { aborted, askedToEnd } from '@tollgate/envoy/binary';
import { addressAdvice, TollgateError } from '@tollgate/model';
import type { Output } from '../output.js';

interface ControlCommandOptions {
  file: string[];
  host: string;
  port: string;
}

export async function control(options: ControlCommandOptions, output: Output): Promise<void> {
  const port = Number(options.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new TollgateError('usage', `"${options.port}" is not a port`);
  const advice = addressAdvice(options.host, () => true);
  if (advice) throw new TollgateError('usage', `--host "${options.host}": ${advice}`);
  const asked = askedToEnd();
  const server = await startControl({ paths: options.file, host: options.host, port });
  // Hot restart would let only one Envoy of a machine start this way.
  const line = `curl -sf ${server.url}/v1/nodes/NAME/bootstrap -o envoy.yaml && envoy --disable-hot-restart -c envoy.yaml`;
  output.result(
    `control centre on ${server.url}, API description at ${server.url}/openapi.json\nstart an Envoy on it: ${line}`,
    { event: 'ready', url: server.url },
  );
  await aborted(asked);
  await server.close();
}

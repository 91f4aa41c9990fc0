import swagger from '@fastify/swagger';
import { inlineModule } from '@tollgate/envoy';
import { counted, errorCodes, TollgateError } from '@tollgate/model';
import { formatMistake, PolicyFiles, type PolicySnapshot, watchPolicyFiles } from '@tollgate/policies';
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import {
  jsonSchemaTransform,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod';
import { healthRoutes } from './api/health.js';
import { nodeRoutes } from './api/nodes.js';
import { policyRoutes } from './api/policies.js';
import { validateRoutes } from './api/validate.js';

export interface ControlOptions {
  /** Policy files and directories. */
  paths: readonly string[];
  host?: string;
  port?: number;
  /** Follow changes of the files; default true. */
  watch?: boolean;
  log?: boolean;
}

/** A larger request body is refused: validation is for policies, not for uploads. */
const bodyBytesMax = 16 * 1024 * 1024;

export interface ControlServer {
  url: string;
  /** Resolves with the next change of what is in force or held. */
  changed(): Promise<PolicySnapshot>;
  close(): Promise<void>;
}

/** The control centre: gives out the bootstraps of the nodes that the policy files name, and follows the files. */
export async function startControl({
  paths,
  host = '127.0.0.1',
  port = 8180,
  watch = true,
  log = true,
}: ControlOptions): Promise<ControlServer> {
  const files = new PolicyFiles(paths);
  let snapshot = await files.refresh();
  const wasm = inlineModule();
  const app = Fastify({
    // Standard output belongs to the command.
    logger: log ? { level: 'info', stream: process.stderr } : false,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: bodyBytesMax,
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler((error: Error & { validation?: unknown; statusCode?: number }, _request, reply) =>
    answerError(error, reply),
  );
  app.addContentTypeParser(
    ['application/yaml', 'text/yaml', 'text/plain'],
    { parseAs: 'string' },
    (_request, body, done) => done(null, body),
  );
  await app.register(swagger, {
    openapi: { openapi: '3.1.0', info: { title: 'Tollgate control centre', version: '1' } },
    transform: jsonSchemaTransform,
  });
  const api = app.withTypeProvider<ZodTypeProvider>();
  await app.register(async () => {
    nodeRoutes(api, { snapshot: () => snapshot, wasm });
    policyRoutes(api, () => snapshot);
    validateRoutes(api);
    healthRoutes(api, () => snapshot);
    api.get('/openapi.json', { schema: { hide: true } }, () => app.swagger());
  });
  let waiting: ((snapshot: PolicySnapshot) => void)[] = [];
  const announce = () => {
    logSnapshot(app.log, snapshot);
    for (const resolve of waiting.splice(0)) resolve(snapshot);
  };
  const refresh = async () => {
    try {
      snapshot = await files.refresh();
      announce();
    } catch (thrown) {
      app.log.error(TollgateError.from(thrown).message);
    }
  };
  const watcher = watch ? await watchPolicyFiles(paths, refresh) : undefined;
  // What changed between the first reading and the watch is not missed.
  if (watch) snapshot = await files.refresh();
  logSnapshot(app.log, snapshot);
  const url = await listen(app, host, port).catch(async (cause) => {
    // An open watch would keep the process alive.
    await watcher?.close();
    throw cause;
  });
  return {
    url,
    changed: () => new Promise((resolve) => waiting.push(resolve)),
    async close() {
      waiting = [];
      await watcher?.close();
      await app.close();
    },
  };
}

async function listen(app: FastifyInstance, host: string, port: number): Promise<string> {
  try {
    return await app.listen({ host, port });
  } catch (cause) {
    await app.close();
    if ((cause as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw TollgateError.from(cause);
    throw new TollgateError(
      'port_in_use',
      `${host}:${port} is in use, end the other process or choose another port with --port`,
      { cause },
    );
  }
}

function logSnapshot(log: FastifyBaseLogger, { version, model, held }: PolicySnapshot): void {
  log.info(
    `version ${version} is in force: ${counted(model.of('Node').all.length, 'node')}, ${counted(model.of('Service').all.length, 'service')}`,
  );
  for (const { file, lastGood, mistakes } of held) {
    log.warn(
      `${file} is not in force, ${lastGood ? 'its last good version stays in force' : 'there is no good version of it yet'}`,
    );
    for (const mistake of mistakes) log.warn(formatMistake(mistake));
  }
}

function answerError(
  error: Error & { validation?: unknown; statusCode?: number },
  reply: { code(status: number): { send(body: unknown): unknown } },
): unknown {
  if (error instanceof TollgateError) {
    return reply
      .code(errorCodes[error.code].http)
      .send({ error: error.code, message: error.rawMessage, details: error.details });
  }
  const status = error.statusCode ?? 500;
  return reply
    .code(status)
    .send({ error: status < 500 ? 'input_invalid' : 'internal', message: error.message, details: [] });
}

import { compile, type Resources, staticBootstrap, type WasmModule } from '@tollgate/envoy';
import { findNode, type Resource, TollgateError } from '@tollgate/model';
import { type PolicySnapshot, quotedYaml, withPluginCode } from '@tollgate/policies';
import { z } from 'zod';
import type { Api } from './api.js';

const nodeShape = z.object({
  name: z.string(),
  namespace: z.string(),
  services: z.array(z.string()),
  listeners: z.array(z.object({ name: z.string(), address: z.string(), port: z.number() })),
  /** Environment variables that its Envoy needs; `file` where the value stands in a file. */
  environment: z.array(z.object({ name: z.string(), file: z.string().optional() })),
});

export interface NodeSource {
  snapshot(): PolicySnapshot;
  wasm: WasmModule;
}

export function nodeRoutes(api: Api, source: NodeSource): void {
  api.get(
    '/v1/nodes',
    {
      schema: {
        summary: 'The nodes that policies name',
        response: { 200: z.object({ version: z.string(), nodes: z.array(nodeShape) }) },
      },
    },
    () => {
      const snapshot = source.snapshot();
      return {
        version: snapshot.version,
        nodes: snapshot.model.of('Node').all.map((node) => describeNode(node, compileNode(source, node))),
      };
    },
  );
  api.get(
    '/v1/nodes/:node/bootstrap',
    {
      schema: {
        summary: 'The complete Envoy bootstrap of a node: YAML, or JSON where Accept asks for it',
        params: z.object({ node: z.string() }),
        querystring: z.object({ namespace: z.string().optional() }),
      },
    },
    (request, reply) => {
      const snapshot = source.snapshot();
      refuseWithoutGoodVersion(snapshot);
      const node = findNode(snapshot.model, request.params.node, request.query.namespace);
      const bootstrap = staticBootstrap(node, compileNode(source, node));
      reply.header('etag', `"${snapshot.version}"`);
      if (wantsJson(request.headers.accept)) return reply.type('application/json').send(bootstrap);
      return reply.type('application/yaml').send(quotedYaml(bootstrap));
    },
  );
}

function compileNode(source: NodeSource, node: Resource<'Node'>): Resources {
  const snapshot = source.snapshot();
  const { model } = withPluginCode(snapshot);
  return compile(model, node, { version: snapshot.version, wasm: source.wasm });
}

function describeNode(node: Resource<'Node'>, resources: Resources): z.output<typeof nodeShape> {
  const listeners = resources.listeners.flatMap(({ name = '', address }) => {
    const socket = address?.socket_address;
    return socket ? [{ name, address: socket.address ?? '', port: socket.port_value ?? 0 }] : [];
  });
  const environment = resources.secrets.map(({ name, file }) => ({ name, file: file?.path }));
  return { name: node.name, namespace: node.namespace, services: node.spec.services, listeners, environment };
}

/** A file that was never good may hold the policy that closes a route: an Envoy without it would stand open. */
export function refuseWithoutGoodVersion({ held }: PolicySnapshot): void {
  const missing = held.filter(({ lastGood }) => !lastGood);
  if (missing.length === 0) return;
  const files = missing.map(({ file }) => file);
  throw new TollgateError(
    'no_good_version',
    `there is no bootstrap yet, because there is no good version of ${files.join(', ')}`,
    { details: files },
  );
}

function wantsJson(accept = ''): boolean {
  const json = accept.search(/application\/json/);
  const yaml = accept.search(/yaml/);
  return json >= 0 && (yaml < 0 || json < yaml);
}

import type { TemplateInput } from './input.js';

/** `api-key` → `ApiKey`. */
const className = (name: string): string =>
  name
    .split('-')
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join('');

export const filter = ({ name }: TemplateInput): string => `import {
  Action,
  Decoder,
  HttpFilter,
  Slice,
  Value,
  make,
  requestHeaders,
  responseHeaders,
  sendText,
} from 'proxy-wasm';

/** The plugin's configuration: {"header": "x-key"}. */
@unmanaged
class Settings {
  header: Slice;
}

/** Lets requests through that carry the header, answers the others with 401, and marks every answer. */
@filter
class ${className(name)} extends HttpFilter<Settings> {
  static configure(decoder: Decoder, value: Value | null): Settings {
    const settings = make<Settings>(decoder.arena);
    const object = decoder.object(value);
    settings.header = decoder.text(decoder.required(object, 'header'));
    decoder.end(object);
    return settings;
  }

  onRequestHeaders(): Action {
    if (requestHeaders.first(this.configuration.header)) return Action.CONTINUE;
    sendText(401, 'header_missing', 'a header is missing\\n');
    return Action.PAUSE;
  }

  onResponseHeaders(): Action {
    responseHeaders.add('x-filter', '${name}');
    return Action.CONTINUE;
  }
}
`;

export const spec = ({ name }: TemplateInput): string => `import { beforeEach, test } from 'node:test';
import { expectResponse, Host } from '@tollgate/host-sim';

const wasm = new URL('../build/${name}.wasm', import.meta.url);
let sim;
beforeEach(async () => {
  sim = await Host.load(wasm, { config: { header: 'x-key' } });
});

test('a request with the header gets through', async () => {
  const response = await sim.request({ path: '/a', headers: { 'x-key': 'k' } });
  expectResponse(response).status(200).header('x-filter', '${name}').upstream({ path: '/a' });
});

test('a request without it is refused', async () => {
  expectResponse(await sim.request()).status(401).body('a header is missing\\n').notForwarded();
});
`;

/** The name stands in quotes in YAML: Envoy reads a plain `on` or `no` as a boolean. */
export const scenario = ({
  name,
}: TemplateInput): string => `about: Requests without the header are refused, the others get through.
filters:
  - wasm: ../build/${name}.wasm
    config: { header: x-key }
steps:
  - request: { path: /a, headers: [[x-key, k]] }
    expect:
      status: 200
      headers: { x-filter: "${name}" }
      upstream: { path: /a, headers: { x-key: k } }
  - request: { path: /a }
    expect: { status: 401, body: "a header is missing\\n", headers: { x-filter: "${name}" }, upstream: false }
`;

export const bootstrap = ({
  name,
}: TemplateInput): string => `# Envoy on port 10000 with the filter, in front of an application on port 8080:  envoy -c envoy.yaml
static_resources:
  listeners:
    - name: "${name}"
      address: { socket_address: { address: 127.0.0.1, port_value: 10000 } }
      filter_chains:
        - filters:
            - name: envoy.filters.network.http_connection_manager
              typed_config:
                "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                stat_prefix: ingress
                use_remote_address: true
                internal_address_config: { cidr_ranges: [{ address_prefix: 255.255.255.255, prefix_len: 32 }] }
                route_config:
                  virtual_hosts:
                    - name: application
                      domains: ["*"]
                      routes: [{ match: { prefix: / }, route: { cluster: application } }]
                http_filters:
                  - name: "${name}"
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm
                      config:
                        name: "${name}"
                        configuration:
                          "@type": type.googleapis.com/google.protobuf.StringValue
                          value: '{"header": "x-key"}'
                        vm_config:
                          runtime: envoy.wasm.runtime.v8
                          code: { local: { filename: build/${name}.wasm } }
                  - name: envoy.filters.http.router
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router
  clusters:
    - name: application
      type: STATIC
      connect_timeout: 1s
      load_assignment:
        cluster_name: application
        endpoints:
          - lb_endpoints:
              - endpoint: { address: { socket_address: { address: 127.0.0.1, port_value: 8080 } } }
`;

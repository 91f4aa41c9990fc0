import assert from 'node:assert/strict';
import { buildModel, checkDocument, descriptorOf, formatPath, type Kind, type Model } from '@tollgate/model';
import type { Json } from '../filters/mutation.js';

const jwks =
  '{"keys":[{"kty":"EC","crv":"P-256","x":"Sm65Us6KCRhSs-MDMMv0VSyob4mxITH3WjDE7rjKlYI","y":"fodxPQczR4kVyVI4OkgldBzoNyoIwY6-qQ3JSX2FGJA"}]}';
const mode = { percent: 50 };
const examples = [{ request: { times: 2 }, expect: { verdict: 'allowed' } }];

const hashed = (by: { [field: string]: Json }): Json => ({
  loadBalancer: { consistentHash: { useSourceIp: true, ...by } },
});

/** A document of every kind, with every number that it may have written out. */
export const documents: Record<string, Json> = {
  Service: {
    ports: [
      { name: 'http', port: 80, protocol: 'HTTP' },
      { name: 'tcp', port: 81, protocol: 'TCP' },
    ],
    instances: [{ address: '127.0.0.1', port: 9001, ports: { tcp: 9002 }, weight: 2 }],
    healthCheck: { path: '/healthz', interval: '10s', timeout: '1s', healthy: 2, unhealthy: 3, port: 9003 },
  },
  Node: {
    services: ['vendors'],
    inbound: [
      {
        service: 'vendors',
        port: 80,
        listen: { address: '127.0.0.1', port: 9001 },
        to: { address: '127.0.0.1', port: 7001 },
      },
    ],
    outbound: [
      { listen: { address: '127.0.0.1', port: 15_001 }, service: 'vendors' },
      { listen: { address: '127.0.0.1', port: 15_002 }, service: 'vendors', to: { service: 'vendors', port: 81 } },
    ],
    admin: { address: '127.0.0.1', port: 9901 },
    workers: 2,
    trustedHops: 1,
    timeouts: { request: '5m', idle: '5m', headers: '10s' },
    http2: { concurrentStreams: 100, outboundFrames: 10_000, outboundControlFrames: 1000 },
  },
  AccessPolicy: { mode, examples, rules: [{ name: 'r', deny: ['10.0.0.13'] }] },
  TokenPolicy: {
    side: 'provider',
    mode,
    examples,
    date: 'second',
    skew: '1s',
    notBefore: '2026-11-21T10:00:00Z',
    replay: { refuse: true, window: '2m', noncesMax: 100 },
    systems: [{ id: 'orders', secrets: [{ env: 'ORDERS_SECRET' }] }],
  },
  JwtPolicy: {
    mode,
    examples,
    notBefore: '2026-11-21T10:00:00Z',
    providers: [
      { name: 'a', issuer: 'i', jwks: { inline: jwks }, skew: '1s' },
      { name: 'b', issuer: 'j', jwks: { uri: 'https://keys.example/', refresh: '1m', timeout: '1s' } },
    ],
    rules: [{ name: 'r', require: 'none' }],
  },
  RateLimitPolicy: {
    mode,
    examples,
    limits: [
      {
        name: 'bucket',
        key: [{ header: 'x-key' }],
        requests: 10,
        per: '1s',
        burst: 5,
        cost: { header: 'x-cost', default: 2, max: 5 },
        keysMax: 100,
      },
      { name: 'window', key: ['address'], requests: 10, per: '2h', algorithm: 'sliding-window', cost: 3 },
      { name: 'flight', key: ['service'], concurrent: 3 },
    ],
    fairShares: { requests: 10, per: '1s', weights: { anonymous: 2, '*': 0.5 } },
  },
  CircuitBreakerPolicy: {
    side: 'both',
    mode,
    examples,
    breakers: [
      {
        name: 'b',
        window: '10s',
        trip: { consecutiveFailures: 5, failurePercent: 50, slowPercent: 20, slowAfter: '1s', requestsMin: 10 },
        failures: { statuses: [500] },
        open: { for: '2s', forMax: '4s' },
        probes: 2,
        fallback: { status: 299 },
      },
    ],
  },
  DestinationRule: {
    host: 'vendors',
    trafficPolicy: {
      connectionPool: {
        tcp: {
          maxConnections: 100,
          connectTimeout: '30ms',
          tcpKeepalive: { probes: 3, time: '2h', interval: '75s' },
          maxConnectionDuration: '1h',
          idleTimeout: '1m',
        },
        http: {
          http1MaxPendingRequests: 10,
          http2MaxRequests: 10,
          maxRequestsPerConnection: 10,
          maxRetries: 3,
          idleTimeout: '1m',
          h2UpgradePolicy: 'UPGRADE',
          maxConcurrentStreams: 100,
          http2KeepAlive: { interval: '10s', timeout: '1s' },
        },
      },
      outlierDetection: {
        consecutive5xxErrors: 7,
        consecutiveGatewayErrors: 3,
        splitExternalLocalOriginErrors: true,
        consecutiveLocalOriginFailures: 4,
        interval: '5s',
        baseEjectionTime: '15s',
        maxEjectionPercent: 50,
        minHealthPercent: 20,
        outlierDetectionHttpErrorCodes: [429],
      },
      loadBalancer: { simple: 'ROUND_ROBIN', warmup: { duration: '30s', minimumPercent: 20, aggression: 1.5 } },
      retryBudget: { percent: 25, minRetryConcurrency: 10, budgetInterval: '1s' },
      portLevelSettings: [{ port: { number: 81 }, connectionPool: { tcp: { maxConnections: 10 } } }],
    },
    subsets: [
      { name: 'old-errors', trafficPolicy: { outlierDetection: { consecutiveErrors: 5 } } },
      {
        name: 'places',
        trafficPolicy: {
          loadBalancer: { localityLbSetting: { distribute: [{ from: 'a/*', to: { 'a/*': 80, 'b/*': 20 } }] } },
        },
      },
      { name: 'old-names', trafficPolicy: { loadBalancer: { warmupDurationSecs: '30s' } } },
      { name: 'ring', trafficPolicy: hashed({ ringHash: { minimumRingSize: 1024 } }) },
      { name: 'old-ring', trafficPolicy: hashed({ minimumRingSize: 1024 }) },
      { name: 'maglev', trafficPolicy: hashed({ maglev: { tableSize: 65_537 } }) },
      {
        name: 'cookie',
        trafficPolicy: { loadBalancer: { consistentHash: { httpCookie: { name: 'session', ttl: '60s' } } } },
      },
    ],
  },
  VirtualService: {
    hosts: ['vendors'],
    http: [
      {
        match: [{ uri: { prefix: '/a' }, port: 80 }],
        route: [
          { destination: { host: 'vendors', port: { number: 80 } }, weight: 90 },
          { destination: { host: 'vendors' }, weight: 10 },
        ],
        timeout: '5s',
        retries: { attempts: 3, perTryTimeout: '2s', backoff: '25ms' },
        fault: {
          delay: { percentage: { value: 10 }, percent: 10, fixedDelay: '3s' },
          abort: { percentage: { value: 10 }, httpStatus: 503 },
        },
        mirror: { host: 'vendors', port: { number: 80 } },
        mirrorPercentage: { value: 10 },
        mirrorPercent: 10,
        corsPolicy: { maxAge: '24h' },
      },
      {
        match: [{ uri: { prefix: '/b' } }],
        mirrors: [{ destination: { host: 'vendors', port: { number: 80 } }, percentage: { value: 10 } }],
        route: [{ destination: { host: 'vendors' }, weight: 1 }],
      },
      { match: [{ uri: { prefix: '/c' } }], redirect: { port: 8080, redirectCode: 301 } },
      { directResponse: { status: 200 } },
    ],
    tls: [
      {
        match: [{ sniHosts: ['vendors'], port: 443 }],
        route: [{ destination: { host: 'vendors', port: { number: 81 } }, weight: 100 }],
      },
    ],
    tcp: [{ match: [{ port: 81 }], route: [{ destination: { host: 'vendors', port: { number: 81 } }, weight: 100 }] }],
  },
  RequestAuthentication: { jwtRules: [{ issuer: 'k', jwksUri: 'https://keys.example/istio', timeout: '2s' }] },
  ServiceEntry: {
    hosts: ['partner.example'],
    ports: [{ number: 443, name: 'tls', protocol: 'TLS', targetPort: 8443 }],
    resolution: 'STATIC',
    endpoints: [{ address: '192.0.2.1', ports: { tls: 9443 }, weight: 2 }],
  },
  Sidecar: {},
  WasmPlugin: {
    url: 'https://modules.example/filter.wasm',
    sha256: 'ab'.repeat(32),
    priority: 1,
    match: [{ ports: [{ number: 7001 }] }],
  },
};

export function modelOf(all: Record<string, Json>): Model {
  const checked = Object.entries(all).map(([kind, spec]) => {
    const [apiVersion] = descriptorOf(kind as Kind).apiVersions;
    return checkDocument({ apiVersion, kind, metadata: { name: kind === 'Service' ? 'vendors' : 'p' }, spec });
  });
  const { model, mistakes } = buildModel(checked.flatMap(({ resource }) => resource ?? []));
  assert.deepEqual(
    [...checked.flatMap((each) => each.mistakes), ...mistakes].map(
      ({ path, message }) => `${formatPath(path)}: ${message}`,
    ),
    [],
  );
  return model;
}

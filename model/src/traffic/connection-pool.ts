import { z } from 'zod';
import { object, oneOf } from '../schema.js';
import { istioCount, istioDuration, positiveIstioDuration } from './scalars.js';

/** More than this no kernel takes, and a connection whose options are not taken fails. */
const keepaliveSecondsMax = 32_767;
const probesMax = 127;

const keepaliveTime = positiveIstioDuration
  .refine((ms) => ms % 1000 === 0, 'must be whole seconds: the kernel counts no parts of one')
  .refine((ms) => ms <= keepaliveSecondsMax * 1000, `must be at most ${keepaliveSecondsMax}s`);

const tcp = object({
  maxConnections: istioCount.optional(),
  connectTimeout: positiveIstioDuration.optional(),
  tcpKeepalive: object({
    probes: z.int().min(0).max(probesMax).optional(),
    time: keepaliveTime.optional(),
    interval: keepaliveTime.optional(),
  }).optional(),
  maxConnectionDuration: positiveIstioDuration.optional(),
  /** `0s`: connections are never closed for being idle. */
  idleTimeout: istioDuration.optional(),
});

const http = object({
  http1MaxPendingRequests: istioCount.optional(),
  http2MaxRequests: istioCount.optional(),
  maxRequestsPerConnection: istioCount.optional(),
  maxRetries: istioCount.optional(),
  idleTimeout: positiveIstioDuration.optional(),
  h2UpgradePolicy: oneOf('DEFAULT', 'DO_NOT_UPGRADE', 'UPGRADE').optional(),
  useClientProtocol: z.boolean().default(false),
  maxConcurrentStreams: istioCount.optional(),
  http2KeepAlive: object({ interval: positiveIstioDuration, timeout: positiveIstioDuration }).optional(),
}).refine(
  ({ h2UpgradePolicy, useClientProtocol }) => !(useClientProtocol && h2UpgradePolicy === 'UPGRADE'),
  'write only one of useClientProtocol: true and h2UpgradePolicy: UPGRADE',
);

/** How many connections and requests an upstream may have. A number that is 0 says the same as none: no limit. */
export const connectionPool = object({ tcp: tcp.optional(), http: http.optional() }).refine(
  ({ tcp, http }) => tcp !== undefined || http !== undefined,
  'is empty, write tcp or http',
);
export type ConnectionPool = z.output<typeof connectionPool>;

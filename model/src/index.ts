export { addressAdvice } from './address-spelling.js';
export * as bounds from './bounds.js';
export { buildModel } from './build-model.js';
export { canonicalPath, canonicalPrefix, canonicalSuffix } from './canonical-path.js';
export { checkDocument, mistakesIn } from './check.js';
export type { Collection } from './collection.js';
export { counted } from './counted.js';
export { type ErrorCode, errorCodes, TollgateError } from './errors.js';
export { findNode } from './find-node.js';
export type { HealthCheck } from './health-check.js';
export { hostName, hostPattern } from './host-name.js';
export { policyJsonSchema } from './json-schema.js';
export { holdsSecretKey, keySetProblem, namedKeySetProblem } from './jwks.js';
export { apiVersion, type NamedCode, type NamedSecret } from './kind.js';
export { descriptorOf, type Kind, kinds, type Resource, type Spec } from './kinds.js';
export type { Match } from './match.js';
export { type Mistake, mistake } from './mistake.js';
export { decides, Model, type Policy, type PolicyKind, policiesOf } from './model.js';
export { didYouMean } from './near-word.js';
export { type Network, parseNetwork } from './network.js';
export type { NodeSpec, Socket } from './node.js';
export { calledPort, isGiven } from './node-ports.js';
export { clashesOnOneMachine } from './node-sockets.js';
export { onceFor } from './once-for.js';
export type { AccessPolicySpec } from './policy/access.js';
export { type BreakerPolicySpec, grpcStatuses } from './policy/breaker.js';
export type { JwtPolicySpec } from './policy/jwt.js';
export { eachByte, readPath } from './policy/path-reading.js';
export type { Cost, FairShares, KeyPart, RateLimitAmounts, RateLimitPolicySpec } from './policy/ratelimit.js';
export { authenticationsOf, istioLocations, type JwtRuleSpec, providerOf } from './policy/request-authentication.js';
export type { Example, Mode, SecretReference, Side } from './policy/shape.js';
export type { TokenPolicySpec } from './policy/token.js';
export { type Reason, reasons, type Step, type Verdict } from './reasons.js';
export { codeOf, filesOf, secretsOf } from './references.js';
export { formatPath, keyOf, type Path, type ResourceId } from './resource.js';
export { ipAddress } from './scalars.js';
export { object, oneOf } from './schema.js';
export { secretIn } from './secret.js';
export {
  isHttp2,
  type PathReading,
  type Protocol,
  portOf,
  type ServiceSpec,
  steeringHeaders,
} from './service.js';
export { signToken, type TokenParts, tokenDate, tokenHeaders } from './token.js';
export type { ClientTls } from './traffic/client-tls.js';
export type { ConnectionPool } from './traffic/connection-pool.js';
export type { CorsPolicy } from './traffic/cors.js';
export type { Destination } from './traffic/destination.js';
export type { Subset } from './traffic/destination-rule-spec.js';
export { type HostRule, hostRule } from './traffic/destination-rules.js';
export { directBodyMax } from './traffic/direct-response.js';
export { isExported } from './traffic/export-to.js';
export { type Fault, grpcStatusNames } from './traffic/fault.js';
export { type HeaderOperations, hostSetBy, isHost } from './traffic/header-operations.js';
export { above, fullHost, HostIndex, hostsOf } from './traffic/hosts.js';
export type { HttpMatch } from './traffic/http-match.js';
export type { HttpRoute, WeightedDestination } from './traffic/http-route.js';
export { httpRoutesOf } from './traffic/http-routes.js';
export { hasLabels } from './traffic/labels.js';
export type { ConsistentHash, LoadBalancer } from './traffic/load-balancer.js';
export { distance, isWithin, type LocalityLbSetting, topologyOf } from './traffic/locality.js';
export type { PluginCode } from './traffic/module-url.js';
export type { OutlierDetection } from './traffic/outlier-detection.js';
export type { Redirect } from './traffic/redirect.js';
export type { Retries } from './traffic/retries.js';
export { endpointPort, type ServiceEntrySpec, selectedInstances } from './traffic/service-entry.js';
export type { EntryProtocol } from './traffic/service-entry-schema.js';
export { egressOf, importedHosts, isReached } from './traffic/sidecar.js';
export type { StringMatch } from './traffic/string-match.js';
export type { TrafficPolicy } from './traffic/traffic-policy.js';
export { VirtualServiceIndex } from './traffic/virtual-service-index.js';
export { concernsConnection, type SharedDestination } from './traffic/virtual-service-tcp.js';
export { pluginsOf, portsOf } from './traffic/wasm-plugin.js';

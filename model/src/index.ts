export { canonicalPath } from './canonical-path.js';
export { type ErrorCode, errorCodes, TollgateError } from './errors.js';
export { findNode } from './find-node.js';
export { apiVersion, type Kind, kinds, type Spec } from './kinds.js';
export type { Match } from './match.js';
export { compareMistakes, formatMistake, type Mistake } from './mistake.js';
export {
  buildModel,
  type CheckedFile,
  checkFile,
  type Model,
  type Policy,
  type PolicyFeature,
  policiesOf,
} from './model.js';
export { didYouMean } from './near-word.js';
export type { NodeSpec, Socket } from './node.js';
export type { AccessPolicySpec } from './policy/access.js';
export type { KeyPart, RateLimitPolicySpec } from './policy/ratelimit.js';
export type { Example, Mode, SecretReference, Side } from './policy/shape.js';
export type { TokenPolicySpec } from './policy/token.js';
export { type Reason, reasons, type Verdict } from './reasons.js';
export { keyOf, type Path, type Resource } from './resource.js';
export { isHttp2, type ServiceSpec } from './service.js';
export { signToken, type TokenParts, tokenDate, tokenHeaders } from './token.js';

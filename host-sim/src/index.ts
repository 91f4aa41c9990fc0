export { type Clock, ManualClock, SystemClock } from './clock.js';
export { SimulatorError, type SimulatorErrorCode } from './errors.js';
export type { RequestInput } from './exchange.js';
export { Gateway, type GatewayOptions } from './gateway/gateway.js';
export { Host, type HostOptions, type PluginOptions, type UpstreamHandler } from './host.js';
export { formatLogLine, type LogLevel, type LogLine } from './log.js';
export type { PropertyValue } from './property-overrides.js';
export type { SimResponse, UpstreamRequest, UpstreamResponse } from './response.js';
export type { FailurePolicy } from './vm/plugin.js';

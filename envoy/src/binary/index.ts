export { aborted, askedToEnd, type TemporaryFolder, temporaryFolder } from './ending.js';
export { describeExit, type EnvoyExit, type EnvoyProcess, type StartOptions, startEnvoy } from './envoy-process.js';
export { describeEnvoy, type EnvoyBinary, type FindOptions, type FoundEnvoy, findEnvoy } from './find-envoy.js';
export type { LogLine } from './log-line.js';
export { assertPortsFree } from './ports.js';

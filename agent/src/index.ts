export { chooseDataPlane } from './data-plane.js';
export { Follower, type Rules } from './follower.js';
export { type DataPlane, listenersOf, type ProxyOptions, type RunningProxy } from './proxy.js';
export { type Secret, secretEnvironment, secretValue } from './secrets.js';

export { type Application, type SeenRequest, startApplication } from './application.js';
export { freePorts } from './ports.js';
export { type RawAnswer, type RawRequest, rawHttp } from './raw-http.js';
export { stable } from './record.js';
export { explain, type Part, runScenario, type ScenarioResult } from './run-scenario.js';
export { loadScenario, readScenario, type Scenario, simulatorOnly } from './scenario.js';

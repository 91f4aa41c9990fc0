// Compiled where the packages are installed, not here: tests/install/ten-minutes.test.ts.
import { readFileSync } from 'node:fs';
import { chooseDataPlane } from '@tollgate/agent';
import { run } from '@tollgate/cli';
import { type ControlOptions, startControl } from '@tollgate/control';
import { compile, type Listener, staticBootstrap } from '@tollgate/envoy';
import { type FilterName, filterNames, modulePath, schemaPath } from '@tollgate/filters';
import { expectResponse, Host, type HostOptions } from '@tollgate/host-sim';
import { findNode, type Model } from '@tollgate/model';
import { checkFile, type FileMistake, formatMistake, joinFiles } from '@tollgate/policies';
import { readScenario, type Scenario } from '@tollgate/scenario';
import ProxyWasmTransform from '@tollgate/sdk/transform';

const document = (kind: string, spec: object) =>
  JSON.stringify({ apiVersion: 'tollgate.dev/v1', kind, metadata: { name: 'a' }, spec });
const at = (port: number) => ({ address: '127.0.0.1', port });
const node = { services: ['a'], inbound: [{ service: 'a', listen: at(8080), to: at(7080) }] };
const text = `${document('Service', {})}\n---\n${document('Node', node)}`;
const checked: { model: Model; mistakes: FileMistake[] } = joinFiles([checkFile('a.yaml', text)]);
if (checked.mistakes.length > 0) throw new Error(checked.mistakes.map(formatMistake).join('\n'));

const name: FilterName = 'access';
const wasm = { path: modulePath(name) };
const resources = compile(checked.model, findNode(checked.model, 'a'), { version: '1', wasm });
const listeners: Listener[] = resources.listeners;
staticBootstrap(findNode(checked.model, 'a'), resources);
JSON.parse(readFileSync(schemaPath('token'), 'utf8'));

const targets = [{ service: 'default/a', access: [{ name: 'open', rules: [{ name: 'all' }] }] }];
const options: HostOptions = { config: { side: 'provider', service: 'a', targets } };
const host = await Host.load(wasm.path, options);
expectResponse(await host.request({ path: '/' })).status(200);

const scenario: Scenario | undefined = readScenario('a.yaml', 'steps: []').scenario;
const control: ControlOptions = { paths: ['policies'] };
const all = [chooseDataPlane, run, startControl, ProxyWasmTransform, scenario, control];
if (all.length !== 6 || listeners.length !== 1 || filterNames.length !== 7) throw new Error('something is missing');
console.log('all 10 packages are there');

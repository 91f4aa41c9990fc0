import { Decoder } from 'proxy-wasm/assembly/json/decoder';
import { Value } from 'proxy-wasm/assembly/json/value';
import { Action } from 'proxy-wasm/assembly/abi/status';
import { enter } from 'proxy-wasm/assembly/memory/request';
import { openCall } from '../call/call';
import { Configuration, Target } from '../configuration/configuration';
import { configured } from '../configuration/configure';
import { refusedByPath } from '../path/step';
import { allow, unavailable } from '../verdict/verdict';
import { decodeJwt } from './config';
import { openKeySets } from './life';
import { refusedByJwt } from './step';

export {
  proxy_abi_version_0_2_1,
  proxy_on_context_create,
  proxy_on_delete,
  proxy_on_memory_allocate,
} from 'proxy-wasm/assembly/lifecycle/index';

export { proxy_on_http_call_response, proxy_on_tick } from './life';

export function proxy_on_configure(root: u32, length: u32): u32 {
  return configured(root, length, decodeSteps, openSteps);
}

function decodeSteps(decoder: Decoder, object: Value | null, target: Target, configuration: Configuration): void {
  target.jwt = decodeJwt(decoder, object);
}

function openSteps(target: Target): void {
  openKeySets(target.jwt);
}

export function proxy_on_request_headers(stream: u32, headers: u32, endOfStream: u32): u32 {
  enter();
  const call = openCall(stream);
  if (!call) return unavailable();
  const target = call.target;
  if (!target) return Action.CONTINUE;
  if (refusedByPath(call)) return Action.PAUSE;
  return refusedByJwt(call, target.jwt) ? Action.PAUSE : allow();
}

import { Status } from './status.js';
import { hostFunction } from './table.js';

// https://github.com/proxy-wasm/spec/tree/main/abi-versions/v0.2.1#context-lifecycle
export const contextFunctions = [
  hostFunction('proxy_set_effective_context', ['context_id'], (vm, id: number) =>
    vm.setEffective(id) ? Status.Ok : Status.BadArgument,
  ),

  // Deferred deletion exists for root contexts that answered false to proxy_on_done; Envoy: out of season NotFound.
  hostFunction('proxy_done', [], (vm) => (vm.roots.done() ? Status.Ok : Status.NotFound)),
];

import { LOG_LEVELS } from '../process/log.js';
import { Status } from './status.js';
import { hostFunction } from './table.js';

// https://github.com/proxy-wasm/spec/tree/main/abi-versions/v0.2.1#logging
export const logFunctions = [
  hostFunction(
    'proxy_log',
    ['level', 'message_data', 'message_size'],
    (vm, level: number, data: number, size: number) => {
      const name = LOG_LEVELS[level];
      if (!name) return Status.BadArgument;
      vm.log(name, vm.memory.readText(data, size));
      return Status.Ok;
    },
    { duringInitialize: true },
  ),

  hostFunction('proxy_get_log_level', ['return_level'], (vm, out: number) => {
    vm.memory.writeU32(out, vm.host.log.levelNumber);
    return Status.Ok;
  }),
];

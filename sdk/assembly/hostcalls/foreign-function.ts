import { proxy_call_foreign_function } from '../abi/contexts';
import { BufferType } from '../abi/status';
import { Slice, sliceOf } from '../bytes/slice';
import { request } from '../memory/request';
import { readBuffer } from './buffer';
import { succeeded } from './host-status';

const OUT: usize = memory.data(8, 4);

/**
 * Calls a function of the host and returns its answer, in the request's memory, which may be empty; null if there is no
 * such function (NOT_FOUND) or if it refuses the argument (`hostStatus` says why).
 */
export function callForeignFunction(name: Slice, argument: Slice): Slice | null {
  store<u64>(OUT, 0);
  const status = proxy_call_foreign_function(name.at, name.length, argument.at, argument.length, OUT, OUT + 4);
  return succeeded(status) ? sliceOf(request, load<usize>(OUT), load<i32>(OUT, 4)) : null;
}

/** The argument with which the host calls `onForeignFunction`. */
export function foreignFunctionArgument(length: u32): Slice | null {
  return readBuffer(BufferType.FOREIGN_FUNCTION_ARGUMENT, 0, length);
}

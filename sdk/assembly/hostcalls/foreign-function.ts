import { proxy_call_foreign_function } from '../abi/contexts';
import { Status } from '../abi/status';
import { Slice, sliceOf } from '../bytes/slice';
import { request } from '../memory/request';

const OUT: usize = memory.data(8, 4);

/** What a function of the host answers (in the request's memory); null where it has none of this name or refuses the argument. */
export function callForeignFunction(name: Slice, argument: Slice): Slice | null {
  store<u64>(OUT, 0);
  const status = proxy_call_foreign_function(name.at, name.length, argument.at, argument.length, OUT, OUT + 4);
  return status == Status.OK ? sliceOf(request, load<usize>(OUT), load<i32>(OUT, 4)) : null;
}

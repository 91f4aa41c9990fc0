import { Status } from '../abi/status';
import { Slice } from '../bytes/slice';

let last: u32 = Status.OK;

/**
 * The `Status` of the last host call: it says why a function returned null, 0 or false. Calls that cannot fail (clocks,
 * logs) do not change it.
 */
export function hostStatus(): u32 {
  return last;
}

/** Keeps the status of a host call, and says whether it is OK. */
export function succeeded(status: u32): bool {
  last = status;
  return status == Status.OK;
}

/** Keeps the status of a host call, and returns it. */
export function kept(status: u32): u32 {
  last = status;
  return status;
}

/** The name of a status in the specification, for logs; `UNKNOWN` for an unknown number. */
export function statusName(status: u32): Slice {
  if (status == Status.OK) return 'OK';
  if (status == Status.NOT_FOUND) return 'NOT_FOUND';
  if (status == Status.BAD_ARGUMENT) return 'BAD_ARGUMENT';
  if (status == Status.SERIALIZATION_FAILURE) return 'SERIALIZATION_FAILURE';
  if (status == Status.PARSE_FAILURE) return 'PARSE_FAILURE';
  if (status == Status.BAD_EXPRESSION) return 'BAD_EXPRESSION';
  if (status == Status.INVALID_MEMORY_ACCESS) return 'INVALID_MEMORY_ACCESS';
  if (status == Status.EMPTY) return 'EMPTY';
  if (status == Status.CAS_MISMATCH) return 'CAS_MISMATCH';
  if (status == Status.RESULT_MISMATCH) return 'RESULT_MISMATCH';
  if (status == Status.INTERNAL_FAILURE) return 'INTERNAL_FAILURE';
  if (status == Status.BROKEN_CONNECTION) return 'BROKEN_CONNECTION';
  return status == Status.UNIMPLEMENTED ? 'UNIMPLEMENTED' : 'UNKNOWN';
}

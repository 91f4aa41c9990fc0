import { proxy_set_effective_context } from '../abi/contexts';
import { Status } from '../abi/status';

/** Calls of one VM whose answers have not come. For one more, those of streams that have ended are given up. */
const CALLS_MAX: u32 = 1024;
/** Calls are found by their token through lists that begin here. */
const LISTS: u32 = 256;
/** Envoy: the lowest bits of a token tell what it is for. A gRPC call ends with its message, a stream has many. */
const KIND: u32 = 3;
const GRPC_CALL: u32 = 1;

/** A call that a stream made and whose answer has not come. Calls are numbered from 1, so that 0 is none. */
@unmanaged
class Call {
  /** 0 where the place is free. */
  token: u32;
  stream: u32;
  next: u32;
}

const firsts: usize = memory.data(1024, 4);
const calls: usize = memory.data(12300, 4);
let used: u32 = 0;
let free: u32 = 0;

/**
 * Routes the answer of a call to a stream, which must be the effective context. False if there is no room: then the
 * stream must not wait.
 */
export function expectAnswer(token: u32, stream: u32): bool {
  if (!free && used == CALLS_MAX) giveUp(stream);
  if (!free && used == CALLS_MAX) return false;
  let number = free;
  if (number) free = call(number).next;
  else number = ++used;
  const made = call(number);
  made.token = token;
  made.stream = stream;
  made.next = load<u32>(first(token));
  store<u32>(first(token), number);
  return true;
}

/** The stream that waits for this token; 0 if none does. With `last`, it stops waiting. */
export function streamAwaiting(token: u32, last: bool): u32 {
  let before: u32 = 0;
  for (let number = load<u32>(first(token)); number; number = call(number).next) {
    const made = call(number);
    if (made.token == token) {
      if (last || (token & KIND) == GRPC_CALL) forget(number, before);
      return made.stream;
    }
    before = number;
  }
  return 0;
}

/** Frees the places of streams that have ended, or whose plugin has: the host cancels its calls, and no answer comes. */
function giveUp(current: u32): void {
  for (let number: u32 = 1; number <= used; number++) {
    const made = call(number);
    if (made.token && proxy_set_effective_context(made.stream) != Status.OK) streamAwaiting(made.token, true);
  }
  proxy_set_effective_context(current);
}

function forget(number: u32, before: u32): void {
  const made = call(number);
  if (before) call(before).next = made.next;
  else store<u32>(first(made.token), made.next);
  made.token = 0;
  made.next = free;
  free = number;
}

function first(token: u32): usize {
  return firsts + (((token >> 2) & (LISTS - 1)) << 2);
}

function call(number: u32): Call {
  return changetype<Call>(calls + <usize>number * offsetof<Call>());
}

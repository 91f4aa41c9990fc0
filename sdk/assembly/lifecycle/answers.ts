import { allocate, release } from '../memory/heap';

/** A call that a stream made and whose answer has not come. */
@unmanaged
class Call {
  token: u32;
  stream: u32;
  next: usize;
}

let calls: usize = 0;

export function expectAnswer(token: u32, stream: u32): void {
  const at = allocate(offsetof<Call>());
  const call = changetype<Call>(at);
  call.token = token;
  call.stream = stream;
  call.next = calls;
  calls = at;
}

/** The stream that waits for this; 0 where none does. With `last` it waits no longer. */
export function streamAwaiting(token: u32, last: bool): u32 {
  let before: usize = 0;
  for (let at = calls; at; at = changetype<Call>(at).next) {
    const call = changetype<Call>(at);
    if (call.token != token) {
      before = at;
      continue;
    }
    const stream = call.stream;
    if (last) {
      if (before) changetype<Call>(before).next = call.next;
      else calls = call.next;
      release(at);
    }
    return stream;
  }
  return 0;
}

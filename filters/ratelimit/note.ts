/** What the request's side leaves for the headers of the response. */
@unmanaged
export class Note {
  stream: u32;
  limit: u64;
  remaining: u64;
  reset: u64;
}

/**
 * Notes stand in a ring by the stream's id (ids only ever increase), so nobody need give one back: it is overwritten by
 * the stream that comes RING later. A response that comes so late only goes without these headers.
 */
const RING: u32 = 1024;
const NOTE_BYTES: usize = 32;
const NOTES: usize = memory.data(32768, 8);

export function noteFor(stream: u32): Note {
  const note = place(stream);
  note.stream = stream;
  return note;
}

export function noteOf(stream: u32): Note | null {
  const note = place(stream);
  return note.stream == stream ? note : null;
}

function place(stream: u32): Note {
  return changetype<Note>(NOTES + <usize>(stream & (RING - 1)) * NOTE_BYTES);
}

/** Where records of literals begin; `transform/literals.js` has the same number, and where the packed texts end. */
const RECORDS: usize = 1024;
const PACKED_END: usize = 16384;
/** The transform finds this by its content and writes here where the texts go and where the packed ones begin. */
const PLACES: usize = memory.data<u8>([0x6c, 0x69, 0x74, 0x65, 0x72, 0x61, 0x6c, 0x73], 4);

let record: usize = RECORDS;
let start: usize = 0;
let top: usize = 0;

/** Unpacks the texts of all literals and points each literal's record to its text. Runs once, when the VM starts. */
export function layLiterals(): void {
  start = load<usize>(PLACES);
  top = start;
  const packed = load<usize>(PLACES, 4);
  // The texts stand behind the table of pairs, the last of which is that of byte 255.
  for (let at = packed + 1 + (255 - load<u8>(packed)) * 2; at < PACKED_END; at++) unpack(packed, load<u8>(at));
}

/** One byte of what `transform/pack.js` packed: itself, the end of a text, or two others. */
function unpack(packed: usize, code: u32): void {
  const end: u32 = load<u8>(packed);
  if (code < end) store<u8>(top++, code);
  else if (code > end) {
    const pair = packed + (code - end) * 2 - 1;
    unpack(packed, load<u8>(pair));
    unpack(packed, load<u8>(pair, 1));
  } else {
    store<usize>(record, start);
    store<usize>(record, top - start, 4);
    record += 8;
    start = top;
  }
}

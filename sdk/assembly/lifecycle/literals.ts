/** Where records of literals begin; `transform/literals.js` has the same number. */
const RECORDS: usize = 1024;
/** The transform finds this by its content and writes here from where to where the texts of all literals go. */
const TEXT: usize = memory.data<u8>([0x6c, 0x69, 0x74, 0x65, 0x72, 0x61, 0x6c, 0x73], 4);

/** Points each literal's record to its bytes. Runs once, when the VM starts. */
export function layLiterals(): void {
  const end = load<usize>(TEXT, 4);
  let record = RECORDS;
  for (let at = load<usize>(TEXT); at < end;) {
    const length: usize = load<u8>(at++);
    store<usize>(record, at);
    store<usize>(record, length, 4);
    record += 8;
    at += length;
  }
}

// Byte-pair encoding: the pair of bytes that occurs most often becomes one byte that no text has, again and again. English
// messages and field names shrink to some 60 %, and unpacking them takes a function of a few lines.
//
//   ┌─────┬──────────────┬──────────────┬─────┬───────────────────────────┐
//   │ end │ pair end + 1 │ pair end + 2 │ …   │ texts, `end` behind each  │   u8 · 2 · 2
//   └─────┴──────────────┴──────────────┴─────┴───────────────────────────┘
//
// Bytes below `end` stand for themselves, those above for their pair, whose two bytes may be pairs again.

/** A pair costs two bytes in the table and saves one wherever it stands. */
const USES_MIN = 4;

/** The texts as one block of bytes, in their order. */
export function packTexts(texts) {
  // UTF-8 has no byte above 0xf4, so that there is always one for the end and some for pairs.
  const codesMax = 255 - texts.reduce((most, text) => Math.max(most, ...text), 0) - 1;
  const END = -1;
  const stream = texts.flatMap((text) => [...text, END]);
  const pairs = [];
  // While pairs are chosen, the nth is -2 - n: how many there will be, and so which bytes they get, is not known yet.
  for (let pair = commonest(stream); pair && pairs.length < codesMax; pair = commonest(stream)) {
    replace(stream, pair, -2 - pairs.length);
    pairs.push(pair);
  }
  const end = 255 - pairs.length;
  const byteOf = (code) => (code < 0 ? end - code - 1 : code);
  return Uint8Array.from([end, ...pairs.flat().map(byteOf), ...stream.map(byteOf)]);
}

/** The pair that occurs most often; undefined where none is worth its place. Of equals the first, so that builds repeat. */
function commonest(stream) {
  const uses = new Map();
  let best;
  for (let i = 0; i + 1 < stream.length; i++) {
    const key = `${stream[i]} ${stream[i + 1]}`;
    uses.set(key, (uses.get(key) ?? 0) + 1);
  }
  for (const [key, count] of uses) if (count >= USES_MIN && count > (uses.get(best) ?? 0)) best = key;
  return best?.split(' ').map(Number);
}

function replace(stream, [left, right], code) {
  let to = 0;
  for (let from = 0; from < stream.length; from++) {
    const found = stream[from] === left && stream[from + 1] === right;
    stream[to++] = found ? code : stream[from];
    if (found) from++;
  }
  stream.length = to;
}

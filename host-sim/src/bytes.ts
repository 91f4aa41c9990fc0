// Header values, paths and log text are bytes. Inside the simulator they are strings with one character a byte
// (latin1), as node:http hands them out: nothing is lost and nothing is decoded twice.

export const toBytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');
export const fromBytes = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');

/** The bytes that a text of a configuration has, which is UTF-8. */
export const ofText = (text: string): string => Buffer.from(text).toString('latin1');

export function u64(value: bigint | number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt.asUintN(64, BigInt(value)), true);
  return bytes;
}

/** Lower case of ASCII only: header bytes above 0x7f must stay as they are. */
export function lower(text: string): string {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code >= 0x41 && code <= 0x5a) return text.replace(/[A-Z]+/g, (upper) => upper.toLowerCase());
  }
  return text;
}

import { Address, Writer, request } from 'proxy-wasm';
import { Call } from '../call/call';
import { writeEscaped } from './answer';

/** A subject may be as long as its token. */
const IDENTITY_BYTES_MAX = 256;

/** Who calls, for a line of the log: the identity, or where a caller without one comes from. */
export function writeCaller(writer: Writer, call: Call): Writer {
  const identity = call.identity;
  if (identity) {
    const length = identity.length;
    writeEscaped(writer, length > IDENTITY_BYTES_MAX ? identity.part(request, 0, IDENTITY_BYTES_MAX) : identity);
    return writer;
  }
  const address = call.address;
  writer.text('anonymous');
  return address ? writeAddress(writer.text(' '), address) : writer;
}

function writeAddress(writer: Writer, address: Address): Writer {
  const low = address.low;
  if (address.v4) {
    for (let shift: u64 = 24; ; shift -= 8) {
      writer.decimal((low >> shift) & 255);
      if (!shift) return writer;
      writer.byte(0x2e);
    }
  }
  for (let group: u64 = 0; group < 8; group++) {
    const half = group < 4 ? address.high : low;
    if (group) writer.byte(0x3a);
    writeHex(writer, (<u32>(half >> ((3 - (group & 3)) << 4))) & 0xffff);
  }
  return writer;
}

/** Without zeros in front, as addresses are written. */
function writeHex(writer: Writer, value: u32): void {
  if (value > 15) writeHex(writer, value >> 4);
  const digit = value & 15;
  writer.byte(digit < 10 ? 0x30 + digit : 0x57 + digit);
}

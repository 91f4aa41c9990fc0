const HEAD_BYTES = 5;
const COMPRESSED = 1;

/**
 * A message as gRPC sends it: flags (1: compressed), its length, itself.
 *
 *   | u8 flags | u32 length, big end first | message … |
 *
 * https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md
 */
export function framed(message: Uint8Array): Buffer {
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

/** Takes the messages out of a body that arrives in pieces of any size. */
export class GrpcFrames {
  #pieces: Uint8Array[] = [];
  #length = 0;
  /** Bytes that the frame under way needs before it is worth another look. */
  #wanted = HEAD_BYTES;

  /** The messages that are whole now; undefined: what came is no gRPC. */
  take(piece: Uint8Array): Buffer[] | undefined {
    this.#pieces.push(piece);
    this.#length += piece.length;
    if (this.#length < this.#wanted) return [];
    let bytes = Buffer.concat(this.#pieces);
    const messages: Buffer[] = [];
    let broken = false;
    for (this.#wanted = HEAD_BYTES; bytes.length >= HEAD_BYTES; bytes = bytes.subarray(this.#wanted)) {
      const flags = bytes.readUInt8(0);
      const length = bytes.readUInt32BE(1);
      // Envoy: a compressed message is refused, unless there is nothing in it.
      broken ||= flags > COMPRESSED || (flags === COMPRESSED && length > 0);
      this.#wanted = HEAD_BYTES + length;
      if (bytes.length < this.#wanted) break;
      messages.push(bytes.subarray(HEAD_BYTES, this.#wanted));
    }
    if (bytes.length < HEAD_BYTES) this.#wanted = HEAD_BYTES;
    this.#pieces = [bytes];
    this.#length = bytes.length;
    return broken ? undefined : messages;
  }
}

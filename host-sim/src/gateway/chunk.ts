import type { OutgoingMessage } from 'node:http';

/**
 * Writes a piece of a body as a chunk of its own, as Envoy's codec does: from 24.22 on, node joins what is written in one
 * turn of the event loop. False when nothing more should be written before `drain`.
 */
export function writeChunk(message: OutgoingMessage, bytes: Uint8Array): boolean {
  message.write(bytes);
  if (message.writableCorked > 0) message.uncork();
  return !message.writableNeedDrain;
}

import type { Duplex, Readable } from 'node:stream';
import { HeaderMap } from '../http/header-map.js';

/** A body that is read, with the trailers behind it. */
export type BodySource = Readable & {
  rawTrailers: string[];
  /** Its end was none: the stream was reset, and that is told as a failure. */
  cut?: boolean;
};

/** A connection or stream read as a body; trailers are put in as they come. */
export function asBody<Source extends Duplex>(source: Source): Source & BodySource {
  return Object.assign(source, { rawTrailers: [] });
}

interface Reader {
  data(bytes: Uint8Array, end: boolean): void;
  trailers(trailers: HeaderMap): void;
  /** True while more is held back than may be: nothing is read until that is over. */
  full(): boolean;
  /** Envoy: trailers of HTTP/1 are dropped unless the codec is told otherwise. */
  keepTrailers: boolean;
  /** The end comes with the last bytes, as on HTTP/2. */
  endWithData?: boolean;
}

/**
 * Hands a body on as Envoy's HTTP/1 codec does: all that arrived in one read of the socket is one piece, and the end is a
 * piece of its own, empty, also when it arrived in the same read.
 */
export function readBody(message: BodySource, reader: Reader): void {
  let pieces: Buffer[] = [];
  let ended = false;
  let scheduled = false;
  const flush = () => {
    scheduled = false;
    const bytes = Buffer.concat(pieces);
    pieces = [];
    const raw = message.rawTrailers;
    const trailers = ended && reader.keepTrailers && raw.length > 0;
    const together = reader.endWithData === true && ended && !trailers;
    if (bytes.length > 0) reader.data(bytes, together);
    if (ended && !trailers && !(together && bytes.length > 0)) reader.data(new Uint8Array(0), true);
    if (trailers) {
      const map = HeaderMap.trailers();
      for (let i = 0; i < raw.length; i += 2) map.add(raw[i] as string, raw[i + 1] as string);
      reader.trailers(map);
    }
    if (!ended && reader.full()) wait();
  };
  const schedule = () => {
    if (scheduled) return;
    scheduled = true;
    setImmediate(flush);
  };
  const wait = () => {
    message.pause();
    // What is held goes on by a filter's word (a callout's answer, a tick), of which nobody tells: so it is asked for.
    const timer = setInterval(() => {
      if (reader.full() && !message.destroyed) return;
      clearInterval(timer);
      message.resume();
    }, 10).unref();
  };
  message.on('data', (chunk: Buffer) => {
    pieces.push(chunk);
    schedule();
  });
  message.on('end', () => {
    if (message.cut) return;
    ended = true;
    schedule();
  });
}

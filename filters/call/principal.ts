import { Slice, isDigit, isLetter, lower, property } from 'proxy-wasm';

/** As the SPIFFE standard limits them. */
const ID_BYTES_MAX: i32 = 2048;
const SCHEME_BYTES: i32 = 9;

/**
 * The SPIFFE id of the connection's peer: the URI in the certificate that it proved to hold. Null on plain text, without a
 * client certificate, and where the URI is none. Envoy: the first URI of the subject alternative names; whether the
 * certificate is trusted decides the listener, which must require and verify it.
 */
export function peerPrincipal(): Slice | null {
  const uri = property('connection\0uri_san_peer_certificate');
  return uri && isSpiffeId(uri) ? uri : null;
}

/** `spiffe://<trust domain>/<path>`: no empty segment, none of dots alone, no byte that would need an escape. */
export function isSpiffeId(text: Slice): bool {
  if (!text.startsWith('spiffe://') || text.length > ID_BYTES_MAX) return false;
  let segment = SCHEME_BYTES;
  for (let at = SCHEME_BYTES; at <= text.length; at++) {
    const byte = text.byte(at);
    if (at == text.length || byte == 0x2f) {
      if (isEmptyOrDots(text, segment, at)) return false;
      segment = at + 1;
    } else if (!isLetter(byte) && !isDigit(byte) && byte != 0x2d && byte != 0x2e && byte != 0x5f) return false;
    else if (segment == SCHEME_BYTES && byte != lower(byte)) return false;
  }
  return true;
}

function isEmptyOrDots(text: Slice, from: i32, to: i32): bool {
  if (to - from > 2) return false;
  for (let at = from; at < to; at++) if (text.byte(at) != 0x2e) return false;
  return true;
}

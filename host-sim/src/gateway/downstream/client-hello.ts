/** What the first bytes of a connection say: too few of them, no TLS, or TLS for a server of this name (empty: none). */
export type Opening = 'more' | 'plain' | { serverName: string };

const HANDSHAKE = 22;
const CLIENT_HELLO = 1;
const SERVER_NAME = 0;
/** Envoy's TLS inspector takes no longer greeting. */
const BYTES_MAX = 16 * 1024;

/** Looks at a ClientHello (RFC 8446, section 4.1.2), which may stand in several records, for its server name (RFC 6066). */
export function readOpening(bytes: Buffer): Opening {
  if (bytes.length > 0 && bytes[0] !== HANDSHAKE) return 'plain';
  const hello = handshakeIn(bytes);
  if (hello.length < 4) return tooLong(bytes);
  if (hello[0] !== CLIENT_HELLO) return 'plain';
  const size = 4 + hello.readUIntBE(1, 3);
  if (hello.length < size) return tooLong(bytes);
  try {
    return { serverName: serverNameIn(hello.subarray(4, size)) };
  } catch {
    return 'plain';
  }
}

function tooLong(bytes: Buffer): Opening {
  return bytes.length < BYTES_MAX ? 'more' : 'plain';
}

/** The contents of the records that have come whole, and of the last as far as it came. */
function handshakeIn(bytes: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at + 5 <= bytes.length && bytes[at] === HANDSHAKE; ) {
    const end = at + 5 + bytes.readUInt16BE(at + 3);
    parts.push(bytes.subarray(at + 5, end));
    at = end;
  }
  return Buffer.concat(parts);
}

/**
 *   version 2 | random 32 | session id 1+n | cipher suites 2+n | compression 1+n | extensions 2+n
 *   extension: type 2 | 2+n; of server_name: list 2 | type 1 (0) | name 2+n
 */
function serverNameIn(hello: Buffer): string {
  let at = 34;
  at += 1 + hello.readUInt8(at);
  at += 2 + hello.readUInt16BE(at);
  at += 1 + hello.readUInt8(at);
  if (at === hello.length) return '';
  const end = at + 2 + hello.readUInt16BE(at);
  for (at += 2; at + 4 <= end; at += 4 + hello.readUInt16BE(at + 2)) {
    if (hello.readUInt16BE(at) !== SERVER_NAME) continue;
    const length = hello.readUInt16BE(at + 7);
    return hello.toString('latin1', at + 9, at + 9 + length).toLowerCase();
  }
  return '';
}

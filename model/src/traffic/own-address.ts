import { parseNetwork } from '../network.js';

/** What an address leads to that is no other machine's. */
export type OwnAddress = 'loopback' | 'link-local' | 'unspecified';

const loopbackNames = /^(localhost(\.localdomain)?|ip6-(localhost|loopback)|.+\.localhost)\.?$/i;

/**
 * Whether an address or a name leads back to the machine or the link it is called from: there stand what trusts its own
 * machine, and the metadata services of clouds. What a name comes to be resolved to is known only to Envoy.
 */
export function ownAddress(text: string): OwnAddress | undefined {
  if (loopbackNames.test(text)) return 'loopback';
  const bytes = parseNetwork(text)?.bytes;
  if (!bytes) return undefined;
  return bytes.length === 4 ? ofVersion4(bytes) : ofVersion6(bytes);
}

function ofVersion4([first, second]: Uint8Array): OwnAddress | undefined {
  if (first === 127) return 'loopback';
  if (first === 169 && second === 254) return 'link-local';
  // Systems take 0.0.0.0 for themselves.
  return first === 0 ? 'unspecified' : undefined;
}

function ofVersion6(bytes: Uint8Array): OwnAddress | undefined {
  const [first = 0, second = 0] = bytes;
  if (first === 0xfe && (second & 0xc0) === 0x80) return 'link-local';
  if (bytes.subarray(0, 12).some((byte) => byte !== 0)) return undefined;
  // ::1, ::, and version 4 in its old spelling, ::127.0.0.1.
  const last = bytes.subarray(12);
  if (last.subarray(0, 3).every((byte) => byte === 0)) return last[3] === 1 ? 'loopback' : 'unspecified';
  return ofVersion4(last);
}

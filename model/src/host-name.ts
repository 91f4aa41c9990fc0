import { parseNetwork } from './network.js';

/**
 * The host of an authority, `host[:digits]`, as hosts are compared: in lower case, without port and without the dot that ends
 * a full name, an IPv6 address with all of its groups. Undefined where it is none: user information, a port that is no
 * number, a label of nothing, a byte that no name has. The filters do the same in AssemblyScript; tests/vectors/host pins both.
 */
export function hostName(authority: string): string | undefined {
  const host = authority.replace(/:\d+$/, '');
  if (host.startsWith('[')) return groupsOf(/^\[([\da-f:.]*:[\da-f:.]*)\]$/i.exec(host)?.[1] ?? '');
  const name = host.replace(/\.$/, '');
  return /^[\w-]+(\.[\w-]+)*$/.test(name) ? name.toLowerCase() : undefined;
}

/** What rules may say: a name, or `*.` and a name for all below it. */
export function hostPattern(written: string): string | undefined {
  const star = written.startsWith('*.') && !written.startsWith('*.[') ? '*.' : '';
  const host = hostName(written.slice(star.length));
  return host === undefined ? undefined : star + host;
}

function groupsOf(address: string): string | undefined {
  const bytes = parseNetwork(address)?.bytes;
  if (!bytes) return undefined;
  // An address of version 4 stands here mapped.
  const all = bytes.length === 4 ? [...new Uint8Array(10), 255, 255, ...bytes] : [...bytes];
  const groups = Array.from({ length: 8 }, (_, index) =>
    (((all[index * 2] ?? 0) << 8) | (all[index * 2 + 1] ?? 0)).toString(16),
  );
  return `[${groups.join(':')}]`;
}

import { parseNetwork } from '@tollgate/model';
import { z } from 'zod';

const network = z
  .string()
  .refine((written) => parseNetwork(written) !== undefined)
  .describe('An address or a network: 10.0.0.13, 10.0.0.0/8, 2001:db8::/32');

const packed = (addressBytes: number) =>
  z
    .string()
    .regex(/^[A-Za-z0-9_-]+$/)
    .refine((written) => isPacked(written, addressBytes))
    .describe(
      `base64url of records of ${addressBytes + 1} bytes: the address, most significant byte first, and the length of its prefix; ascending, no network within another, no bit set behind a prefix`,
    );

/** As NetworkSet of the SDK takes it: one spelling for each set. */
function isPacked(written: string, addressBytes: number): boolean {
  const bytes = Buffer.from(written, 'base64url');
  if (bytes.toString('base64url') !== written || bytes.length % (addressBytes + 1) !== 0) return false;
  let free = 0n;
  for (let at = 0; at < bytes.length; at += addressBytes + 1) {
    const prefix = bytes[at + addressBytes] ?? 0;
    if (prefix > addressBytes * 8) return false;
    const address = BigInt(`0x${bytes.toString('hex', at, at + addressBytes)}`);
    const size = 1n << BigInt(addressBytes * 8 - prefix);
    if (address % size !== 0n || address < free) return false;
    free = address + size;
  }
  return true;
}

export const networks = z
  .union([
    z.array(network).min(1),
    z
      .strictObject({ v4: packed(4).optional(), v6: packed(16).optional() })
      .refine(({ v4, v6 }) => v4 !== undefined || v6 !== undefined),
  ])
  .meta({ id: 'networks', description: 'A list, or packed, which is read ten times as fast' });
export type FilterNetworks = z.input<typeof networks>;

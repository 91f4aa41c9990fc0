import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

/** A certificate and its key, as PEM. */
export interface Certificate {
  certificate: string;
  key: string;
}

/** Makes certificates for tests: EC keys on P-256, valid for some years around now, of one authority. */
export class Authority {
  readonly #key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  readonly #name: string;
  readonly certificate: string;

  constructor(name = 'test authority') {
    this.#name = name;
    this.certificate = this.#issue(name, this.#key, [extension([85, 29, 19], sequence(der(0x01, Buffer.of(0xff))))]);
  }

  /** A certificate for these URIs and DNS names. */
  issue(names: { uris?: string[]; dns?: string[] }): Certificate {
    const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    const alternatives = [
      ...(names.uris ?? []).map((uri) => der(0x86, Buffer.from(uri, 'latin1'))),
      ...(names.dns ?? []).map((dns) => der(0x82, Buffer.from(dns))),
    ];
    const certificate = this.#issue('leaf', key, [extension([85, 29, 17], sequence(...alternatives))]);
    return { certificate, key: pem('PRIVATE KEY', key.export({ type: 'pkcs8', format: 'der' })) };
  }

  /** RFC 5280, section 4.1. */
  #issue(subject: string, key: KeyObject, extensions: Buffer[]): string {
    const year = new Date().getUTCFullYear() % 100;
    const time = (offset: number) => der(0x17, Buffer.from(`${String(year + offset).padStart(2, '0')}0101000000Z`));
    const signed = sequence(
      der(0xa0, integer(2)),
      integer(serial++),
      ecdsaWithSha256,
      nameOf(this.#name),
      sequence(time(-1), time(9)),
      nameOf(subject),
      createPublicKey(createPrivateKey(key.export({ type: 'pkcs8', format: 'pem' }))).export({
        type: 'spki',
        format: 'der',
      }),
      der(0xa3, sequence(...extensions)),
    );
    const signature = sign('sha256', signed, this.#key);
    return pem('CERTIFICATE', sequence(signed, ecdsaWithSha256, der(0x03, Buffer.concat([Buffer.of(0), signature]))));
  }
}

let serial = 1;

function der(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.of(tag, ...size), content]);
}

const sequence = (...parts: Buffer[]) => der(0x30, Buffer.concat(parts));
const integer = (value: number) => der(0x02, Buffer.of(value));
const identifier = (...bytes: number[]) => der(0x06, Buffer.from(bytes));
const ecdsaWithSha256 = sequence(identifier(42, 134, 72, 206, 61, 4, 3, 2));
const nameOf = (text: string) => sequence(der(0x31, sequence(identifier(85, 4, 3), der(0x0c, Buffer.from(text)))));
const extension = (id: number[], value: Buffer) => sequence(identifier(...id), der(0x04, value));

function pem(label: string, bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

import fc from 'fast-check';
import type { FuzzRequest } from './call-model.js';

/** What rules close, and what lies beside it. */
const targets = [
  '/admin',
  '/Admin',
  '/admin/a',
  '/below',
  '/below/x',
  '/v1/users:purge',
  '/caf\xc3\xa9',
  '/x/a.key',
  '/x',
];
const slashes = [
  '//',
  '/./',
  '/;/',
  '/;a/',
  '/%2e/',
  '/x/../',
  '/x/%2e%2E/',
  '/.;/',
  '/%2e%2e;/',
  '/x/..;/',
  '\\',
  '/%2f',
];
const hex = (byte: string) => byte.charCodeAt(0).toString(16).padStart(2, '0');
const flipped = (letter: string) => (letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase());

/** One of these paths, each byte perhaps written in another way. */
export const spelled = fc
  .tuple(
    fc.constantFrom(...targets),
    fc.array(fc.nat(99), { minLength: 20, maxLength: 20 }),
    fc.constantFrom('', '', '', '/', ';', ';x=1', '/;', '/.', '//', '%20', '%00'),
  )
  .map(([path, choices, end]) => {
    const bytes = [...path].map((byte, index) => {
      const choice = choices[index % choices.length] ?? 0;
      if (byte === '/') return choice < slashes.length ? (slashes[choice] ?? '/') : choice < 16 ? ';p/' : '/';
      if (choice < 10) return `%${hex(byte)}`;
      if (choice < 20) return `%${hex(byte).toUpperCase()}`;
      return choice < 25 ? flipped(byte) : byte;
    });
    return bytes.join('') + end;
  })
  .map((path) => (path.startsWith('/') ? path : `/${path}`));

/** Hosts that rules close or do not, with ports, dots and whatever else a router may read another way. */
export const host = fc
  .tuple(
    fc.constantFrom('', '', '', '', 'u@', 'u:p@', '.', 'x.', ' '),
    fc.constantFrom(
      'admin.example.com',
      'a.closed.example',
      'closed.example',
      '[2001:db8::1]',
      '[2001:DB8:0::1]',
      '[::1]',
      '..',
    ),
    fc.constantFrom(
      '',
      '',
      '',
      ':80',
      '.',
      '.:80',
      ':',
      ':x',
      ':0x50',
      ':80:80',
      '..',
      ':+80',
      ':80@x',
      ',x',
      '%2e',
      ':080',
    ),
    fc.boolean(),
  )
  .map(([before, name, behind, upper]) => before + (upper ? name.toUpperCase() : name) + behind);

/** Renames a header to what applications may take for it. */
export const underscored = fc.constantFrom(
  (name: string) => name,
  (name: string) => name.replaceAll('-', '_'),
  (name: string) => name.replace('-', '_'),
  (name: string) => name.toUpperCase(),
);

/** Puts blanks around a value, as HTTP/2 carries them. */
export const blanks = fc.tuple(fc.constantFrom('', ' ', '\t', ' \t '), fc.constantFrom('', ' ', '\t', '\t  ')).map(
  ([before, behind]) =>
    (value: string) =>
      before + value + behind,
);

/** Makes one part of a request as large as Envoy takes it, or nearly. */
export const oversized = fc
  .record({
    part: fc.constantFrom('path', 'query', 'name', 'value', 'cookie', 'headers', 'authority'),
    piece: fc.constantFrom('a', '/', ';', '.', '/..', '%61', '%C3', 'a=1&', '&', ',', ' ', '=', '; c=1', '[', ':', '{'),
    size: fc.constantFrom(255, 256, 4096, 50_000),
  })
  .map(({ part, piece, size }) => (request: FuzzRequest): FuzzRequest => {
    const text = piece.repeat(Math.ceil(size / piece.length));
    const withHeader = (name: string, value: string) => ({ ...request, headers: [...request.headers, [name, value]] });
    const grown: { [part: string]: () => object } = {
      path: () => ({ ...request, path: `/${text.replaceAll(' ', '')}` }),
      query: () => ({ ...request, path: `/admin?${text.replaceAll(' ', '')}` }),
      name: () => withHeader(`x-${'n'.repeat(size)}`, '1'),
      value: () => withHeader('x-a', text),
      cookie: () => withHeader('cookie', text),
      headers: () => ({
        ...request,
        headers: [...request.headers, ...Array.from({ length: 60 }, () => ['x-a', piece])],
      }),
      authority: () => ({ ...request, authority: text }),
    };
    return (grown[part]?.() ?? request) as FuzzRequest;
  });

import { signToken } from '@tollgate/model';
import fc from 'fast-check';
import { jwt as signedJwt } from '../filters/jwt-token.js';
import type { FuzzRequest } from './call-model.js';
import { now } from './oracle.js';
import { blanks, host, oversized, spelled, underscored } from './spelling.js';

export const piece = fc.constantFrom(
  ...[
    '.',
    ',',
    ', ',
    '/',
    '%',
    '2',
    'f',
    'e',
    'T',
    'Z',
    '0',
    ';',
    '=',
    '&',
    ':',
    '[',
    ']',
    '\xe9',
    '\xff',
    ' ',
    '+',
    '"',
  ],
  ...[
    'orders',
    '20261121',
    '%2e',
    '%2F',
    '%00',
    '..',
    'x'.repeat(70),
    '999',
    '::',
    'a1b2c3',
    '\\',
    '//',
    '%zz',
    '{}',
    'a',
  ],
);
const junk = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));

/** Right texts with something put in, taken out or exchanged. */
const spoilt = (right: fc.Arbitrary<string>) =>
  fc.oneof(
    { weight: 2, arbitrary: right },
    fc.tuple(right, fc.nat(), fc.nat(6), fc.oneof(piece, fc.constant(''))).map(([text, at, drop, put]) => {
      const from = at % (text.length + 1);
      return text.slice(0, from) + put + text.slice(from + drop);
    }),
  );

const signed = fc
  .record({
    system: fc.constantFrom('orders', 'others', 'nobody'),
    secret: fc.constantFrom('s3cret', 's4cret', 'other'),
    date: fc.constantFrom('20261121', '20261120', '20261121T120000Z', '20261121T115959Z', '20261121T120002Z'),
    digest: fc.constantFrom('hmac-sha256' as const, 'hmac-sha256' as const, 'md5' as const),
    nonce: fc.option(fc.constantFrom('nonce1', 'nonce2'), { nil: undefined }),
  })
  .map(({ digest, secret, nonce, ...parts }) => signToken(digest, secret, { ...parts, ...(nonce ? { nonce } : {}) }));
const tokenText = signed.map(({ system, date, nonce, digest }) =>
  [system, date, ...(nonce ? [nonce] : []), digest].join('.'),
);
const seconds = now.getTime() / 1000;
const jwtText = fc
  .record({
    iss: fc.constantFrom('i', 'j', 'k'),
    aud: fc.constantFrom('x', 'y'),
    exp: fc.constantFrom(seconds + 9, seconds, seconds - 99),
  })
  .map((claims) => signedJwt({ ...claims, role: 'admin', scope: 'read', sub: 'alice' }));
const address = fc.oneof(
  fc.ipV4(),
  fc.ipV6(),
  fc.constantFrom(
    '10.0.0.1',
    '10.1.2.3:80',
    '[2001:db8::1]:9',
    '::ffff:10.0.0.1',
    'fe80::1%eth0',
    'unknown',
    '11.0.1.1',
  ),
);

type Header = [name: string, value: string];
const header: fc.Arbitrary<Header> = fc.oneof(
  fc.tuple(fc.constantFrom('x-tollgate-token', 'x-tollgate-token', 'x-other'), spoilt(tokenText)),
  fc.tuple(fc.constant('authorization'), spoilt(jwtText.map((text) => `Bearer ${text}`))),
  fc.tuple(fc.constant('x-forwarded-for'), spoilt(fc.array(address, { maxLength: 3 }).map((list) => list.join(', ')))),
  fc.tuple(
    fc.constantFrom('x-a', 'x-b', 'cookie', 'x-request-id', 'content-type', 'x-sub', 'x-role', 'x-claims'),
    fc.oneof(junk, fc.constantFrom('1', 'c=1', 'admin')),
  ),
);
/** As callers may send what applications read alike: blanks around the value, underscores in the name. */
const sent = fc.oneof(
  { weight: 3, arbitrary: header },
  fc.tuple(header, underscored, blanks).map(([[name, value], rename, wrap]): Header => [rename(name), wrap(value)]),
);
const tokenHeaders: fc.Arbitrary<Header[]> = signed.map(({ system, date, nonce = 'nonce3', digest }) => [
  ['x-system', system],
  ['x-date', date],
  ['x-nonce', nonce],
  ['x-token', digest],
]);

const path = fc.oneof(
  spoilt(fc.constantFrom('/', '/admin', '/admin/a', '/a/../admin', '/x?q=1', '*', '/admin;x?token=a')),
  junk.map((text) => `/${text}`),
  spelled,
  fc.tuple(spelled, junk).map(([text, query]) => `${text}?${query}`),
  jwtText.map((text) => `/?token=${text}`),
  // About as many parameters as may be.
  fc
    .tuple(
      fc.constantFrom('/', '/admin', '*'),
      fc.integer({ min: 250, max: 260 }),
      fc.constantFrom('&', 'q&', 'q=1&', ';&'),
      junk,
    )
    .map(([before, count, parameter, last]) => `${before}?${parameter.repeat(count)}${last}`),
);

const usual: fc.Arbitrary<FuzzRequest> = fc.record({
  method: fc.constantFrom('GET', 'POST', 'OPTIONS', 'HEAD'),
  path: path.map((text) => text.replace(/[ #]/g, '') || '/'),
  authority: fc.oneof(spoilt(fc.constantFrom('vendors.example', 'a.example.com:80', 'EXAMPLE.com.', '[::1]:9')), host),
  headers: fc
    .tuple(fc.array(sent, { maxLength: 5 }), fc.oneof(fc.constant<Header[]>([]), tokenHeaders))
    .map(([some, all]) => [...some, ...all]),
  peer: fc.constantFrom(
    '10.0.0.1:5',
    '10.0.0.13:5',
    '[2001:db8::3]:3',
    '11.0.200.1:1',
    '192.0.2.1:1',
    '[::ffff:10.0.0.2]:1',
  ),
});

export const request: fc.Arbitrary<FuzzRequest> = fc.oneof(
  { weight: 20, arbitrary: usual },
  fc.tuple(usual, oversized).map(([made, grow]) => grow(made)),
);

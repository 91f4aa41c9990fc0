// What 60 KB of anything cost: Envoy's CPU for one request that is as large as Envoy takes it, above the same request at a
// listener without filters. Every part of a request is looked at by some policy; none of these refuses it.
import { Agent, request } from 'node:http';
import { quantile, startVariants } from './filters.mjs';
import { cpuNs } from './load.mjs';
import { compiled, issuer, policy } from './policies.mjs';

/** The largest that an answer may cost. */
const usMax = 2000;
/** Some of Envoy's 60 KB are its own headers'. */
const bytes = 58_000;
const requests = 40;
const rounds = 7;

const filled = (unit, size = bytes) => unit.repeat(Math.floor(size / unit.length));
const path = (text) => ({ path: text });
const header = (name, value) => ({ headers: { [name]: value } });
/** A token that is read to its end before anything about it is proved; a longer one is not read at all. */
const tokenBytes = 16_384;
/** Each one another, as a token that was just refused is known. */
const jwtOf = (claims) => (count) => {
  const encode = (text) => Buffer.from(text).toString('base64url');
  const signature = encode(String(count).padStart(32));
  const token = `${encode('{"alg":"HS256"}')}.${encode(`{"iss":"${issuer}","x":${claims}}`)}.${signature}`;
  return header('authorization', `Bearer ${token}`);
};
const claimsBytes = Math.floor((tokenBytes * 3) / 4) - 200;

const asked = {
  ...Object.fromEntries(
    ['a', '/', '/a', '/..', '%41', '%c3', ';', '/a;b'].map((unit) => [`path of ${unit}`, path(`/${filled(unit)}`)]),
  ),
  ...Object.fromEntries(
    ['&', 'beta&', '=', 'a', '%41', '+', ';'].map((unit) => [`query of ${unit}`, path(`/?${filled(unit)}`)]),
  ),
  '256 parameters of one name': path(`/?${`beta=${filled('%41', 219)}&`.repeat(256)}`),
  '256 parameters of 256 names': path(
    `/?${Array.from({ length: 256 }, (_, index) => `${index}${filled('a', 215)}=`).join('&')}`,
  ),
  ...Object.fromEntries(
    ['a', ' a', ',', '1.2.3.4,'].flatMap((unit) =>
      ['x-a', 'x-forwarded-for', 'x-tollgate-token', 'authorization', 'x-cost'].map((name) => [
        `${name} of ${unit}`,
        header(name, filled(unit)),
      ]),
    ),
  ),
  ...Object.fromEntries(
    [';', 'a;', 'beta;', 'beta=;', 'a=1; '].map((unit) => [`cookies of ${unit}`, header('cookie', filled(unit))]),
  ),
  '90 headers of one name': { headers: { 'x-a': Array(90).fill(filled('a', 600)) } },
  '90 headers of 90 names': {
    headers: Object.fromEntries(Array.from({ length: 90 }, (_, index) => [`x-h${index}`, filled('a', 600)])),
  },
  'JWT of 58 KB': header('authorization', `Bearer ${filled('a.', bytes)}`),
  ...Object.fromEntries(
    Object.entries({
      numbers: `[${filled('0,', claimsBytes)}0]`,
      'empty lists': `[${filled('[],', claimsBytes)}0]`,
      members: `{${Array.from({ length: claimsBytes / 8 }, (_, index) => `"${index}":0`).join(',')}}`,
      escapes: `"${filled('\\u0041', claimsBytes)}"`,
      letters: `"${filled('a', claimsBytes)}"`,
    }).map(([what, claims]) => [`JWT of ${what}`, jwtOf(claims)]),
  ),
};

const match = [
  { query: { beta: { exact: 'never' } } },
  { headers: { 'x-a': { exact: 'never' } } },
  { headers: { 'x-a': { suffix: 'never' } } },
  { path: { suffix: '.never' }, query: { other: { present: true } } },
];
const limit = (name, key) => ({ name, key: [key], requests: 4_000_000_000, per: '1h', cost: { header: 'x-cost' } });
const limits = [{ header: 'x-a' }, { cookie: 'beta' }, { query: 'beta' }, 'path', 'consumer'];
const from = [{ header: 'authorization', prefix: 'Bearer ' }, { query: 'beta' }, { cookie: 'beta' }];
const [, tokens] = policy.token;
const [, jwts] = policy.jwt;
const policies = [
  ['AccessPolicy', { rules: [{ name: 'never', match, deny: ['0.0.0.0/0'] }] }],
  ['TokenPolicy', { ...tokens, rules: [{ name: 'open', require: 'none' }] }],
  ['JwtPolicy', { providers: [{ ...jwts.providers[0], from }], rules: [{ name: 'open', require: 'none' }] }],
  ['RateLimitPolicy', { side: 'provider', limits: limits.map((key, index) => limit(`l${index}`, key)) }],
  policy.breaker,
];

/** `words` chooses among the rows by their names. */
export async function measureSizes({ root, envoy, words, progress }) {
  const { modulePath } = await import('@tollgate/filters');
  const filters = [await compiled(root, modulePath('governance'), ...policies)];
  const running = await startVariants(envoy, [{ name: 'sizes', filters, headers: {}, status: 200 }]);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const [bare, governed] = running.variants;
  try {
    const table = [];
    for (const [what, one] of Object.entries(asked).filter(([name]) => words.some((word) => name.includes(word)))) {
      progress(what);
      const cells = [];
      let status = 0;
      for (let round = 0; round <= rounds; round++) {
        const base = await cell(running.pid, agent, bare.port, one);
        const own = await cell(running.pid, agent, governed.port, one);
        status = own.status;
        if (round > 0) cells.push(own.us - base.us);
      }
      const us = quantile(cells, 0.5);
      table.push({ what, status, us, target: usMax, met: us <= usMax });
    }
    return table;
  } finally {
    agent.destroy();
    running.stop();
  }
}

let sent = 0;

async function cell(pid, agent, port, one) {
  let status = 0;
  const before = cpuNs(pid);
  for (let i = 0; i < requests; i++) {
    const options = typeof one === 'function' ? one(++sent) : one;
    status = await ask({ ...options, host: '127.0.0.1', port, agent });
  }
  return { status, us: (cpuNs(pid) - before) / 1000 / requests };
}

function ask(options) {
  return new Promise((resolve, reject) => {
    request(options, (response) => {
      response.resume();
      response.once('end', () => resolve(response.statusCode));
    })
      .once('error', reject)
      .end();
  });
}

export function printSizes(table, { say }) {
  say(`\nEnvoy's CPU for a request of ${bytes} bytes above a listener without filters, medians of ${rounds} rounds`);
  say(`  ${''.padEnd(40)} ${'µs'.padStart(7)} status  at most ${usMax}`);
  for (const { what, us, status, met } of table) {
    say(`  ${what.padEnd(40)} ${us.toFixed(0).padStart(7)} ${String(status).padStart(6)}  ${met ? 'met' : 'MISSED'}`);
  }
}

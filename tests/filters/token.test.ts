import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ManualClock } from '@tollgate/host-sim';
import { signToken, tokenDate, tokenHeaders } from '@tollgate/model';
import { load, policy } from './load.js';

const verifier = {
  ...policy,
  digest: 'hmac-sha256',
  date: 'day',
  carry: 'header',
  header: 'x-tollgate-token',
  skewMs: 300_000,
  systems: [{ id: 'orders', secrets: ['NEW', 'OLD'] }],
  rules: [{ name: 'default', require: 'token' }],
} as const;
const env = { NEW: 'new-secret', OLD: 'old-secret' };
const noon = '2026-11-21T12:00:00Z';

const header = (secret: string, at = noon) => {
  const token = signToken('hmac-sha256', secret, { system: 'orders', date: tokenDate(new Date(at), 'day') });
  return Object.fromEntries(
    tokenHeaders({ carry: 'header', header: 'x-tollgate-token', headers: undefined as never }, token),
  );
};

const provider = (rules: object = {}) =>
  load('token', { token: [{ ...verifier, ...rules } as never] }, { env, clock: new ManualClock(noon) });

describe('the token filter verifies', () => {
  test('any of the secrets, and nothing else', async () => {
    const sim = await provider();
    assert.equal((await sim.request({ headers: header('new-secret') })).status, 200);
    assert.equal((await sim.request({ headers: header('old-secret') })).status, 200);
    const refused = await sim.request({ headers: header('another') });
    assert.equal(refused.status, 401);
    assert.equal(refused.header('x-tollgate-reason'), 'token_mismatch');
    assert.equal(sim.metric('tollgate.token.token_mismatch'), 1);
  });

  test('a day until the skew behind its midnight, by the wall clock', async () => {
    const sim = await provider();
    const yesterday = header('new-secret', '2026-11-20T12:00:00Z');
    assert.equal((await sim.request({ headers: yesterday })).header('x-tollgate-reason'), 'token_expired');
    sim.stepWall(-(12 * 60 - 4) * 60_000);
    assert.equal((await sim.request({ headers: yesterday })).status, 200);
    sim.stepWall(2 * 60_000);
    assert.equal((await sim.request({ headers: yesterday })).header('x-tollgate-reason'), 'token_expired');
  });

  test('in shadow it lets pass and counts', async () => {
    const sim = await provider({ mode: 'shadow' });
    assert.equal((await sim.request({})).status, 200);
    assert.equal(sim.metric('tollgate.token.token_missing.shadow'), 1);
    assert.match(sim.logs.map(({ message }) => message).join('\n'), /shadow token p\/default token_missing/);
  });
});

describe('secrets', () => {
  test('one is enough, with a warning that names the other', async () => {
    const sim = await load(
      'token',
      { token: [verifier as never] },
      { env: { OLD: 'old-secret' }, clock: new ManualClock(noon) },
    );
    assert.match(sim.logs.map(({ message }) => message).join('\n'), /environment variable NEW is not set/);
    assert.equal((await sim.request({ headers: header('old-secret') })).status, 200);
  });

  test('with none the configuration is refused, and the log names them', async () => {
    await assert.rejects(
      load('token', { token: [verifier as never] }, { env: {} }),
      /environment variable NEW is not set.*environment variable OLD is not set/s,
    );
  });

  test('never stand in an answer, a log line or a metric', async () => {
    const sim = await load('token', { token: [verifier as never] }, { env, logLevel: 'trace' });
    const answers = [await sim.request({ headers: header('wrong') }), await sim.request({})];
    const said = JSON.stringify([answers, sim.logs, [...sim.sharedData.keys()]]);
    for (const secret of Object.values(env)) assert.equal(said.includes(secret), false);
  });
});

describe('on the consumer side', () => {
  const signer = { ...policy, digest: 'hmac-sha256', date: 'day', carry: 'header', header: 'x-tollgate-token' };
  const consumer = (sign: object) =>
    load(
      'token',
      { token: [{ ...signer, ...sign } as never] },
      {
        env,
        side: 'consumer',
        service: 'orders',
        clock: new ManualClock(noon),
        properties: { 'xds.virtual_host_name': 'default/vendors' },
      },
    );

  test('the application’s own token gives way to the proxy’s, signed with the first secret', async () => {
    const sim = await consumer({ sign: { system: 'orders', secrets: ['NEW', 'OLD'] } });
    const { upstream } = await sim.request({ headers: { 'x-tollgate-token': ['forged', 'twice'] } });
    const tokens = upstream?.headers.filter(([name]) => name === 'x-tollgate-token').map(([, value]) => value);
    assert.deepEqual(tokens, Object.values(header('new-secret')));
  });

  test('a service that is no system sends none', async () => {
    const sim = await consumer({});
    const { upstream } = await sim.request({ headers: { 'x-tollgate-token': 'forged' } });
    assert.equal(upstream?.header('x-tollgate-token'), undefined);
  });
});

describe('replays', () => {
  const second = (nonce: string | undefined, at = noon) => {
    const date = tokenDate(new Date(at), 'second');
    const token = signToken('hmac-sha256', 'new-secret', { system: 'orders', date, ...(nonce ? { nonce } : {}) });
    const headers = tokenHeaders({ carry: 'header', header: 'x-tollgate-token', headers: undefined as never }, token);
    return { headers: Object.fromEntries(headers) };
  };
  const once = (replay: object, workers = 1) => {
    const token = [{ ...verifier, date: 'second', replay } as never];
    return load('token', { token }, { env, clock: new ManualClock(noon), workers });
  };

  test('each nonce is good once in the window, over all workers', async () => {
    const sim = await once({ windowMs: 600_000 }, 3);
    for (let index = 0; index < 50; index++) {
      assert.equal((await sim.request(second(`nonce-${index}`))).status, 200);
      assert.equal((await sim.request(second(`nonce-${index}`))).header('x-tollgate-reason'), 'token_replayed');
    }
    assert.equal(sim.metric('tollgate.token.token_replayed'), 50);
  });

  test('a token is refused for as long as its date would let it in', async () => {
    const sim = await once({ windowMs: 600_000 });
    // From the first moment of its validity to the last.
    const early = second('nonce-1', '2026-11-21T12:05:00Z');
    assert.equal((await sim.request(early)).status, 200);
    sim.advance(599_999);
    assert.equal((await sim.request(early)).header('x-tollgate-reason'), 'token_replayed');
    sim.advance(1);
    assert.equal((await sim.request(early)).header('x-tollgate-reason'), 'token_replayed');
    sim.advance(1);
    assert.equal((await sim.request(early)).header('x-tollgate-reason'), 'token_expired');
  });

  test('a full memory refuses what is new, and forgets nothing for it', async () => {
    const sim = await once({ windowMs: 600_000, noncesMax: 10 }, 2);
    let passed = 0;
    for (let index = 0; index < 100; index++)
      if ((await sim.request(second(`nonce-${index}`))).status === 200) passed++;
    // Ten have a place, and one is the last that newcomers share.
    assert.equal(passed, 11);
    for (let index = 0; index < 100; index++)
      assert.equal((await sim.request(second(`nonce-${index}`))).header('x-tollgate-reason'), 'token_replayed');
    const later = '2026-11-21T12:11:00Z';
    sim.advance('11m');
    assert.equal((await sim.request(second('nonce-new', later))).status, 200);
    assert.equal((await sim.request(second('nonce-0', later))).status, 200);
  });

  test('a window that is too short, or tokens for a day, are refused', async () => {
    await assert.rejects(once({ windowMs: 599_999 }), (error: { details?: string[] }) =>
      /replay\.windowMs: must be at least twice skewMs/.test(String(error.details)),
    );
    const day = load('token', { token: [{ ...verifier, replay: { windowMs: 600_000 } } as never] }, { env });
    await assert.rejects(day, (error: { details?: string[] }) =>
      /replay: needs "date": "second"/.test(String(error.details)),
    );
  });

  test('the consumer signs with a nonce of its own each time', async () => {
    const token = [
      {
        ...policy,
        digest: 'hmac-sha256',
        date: 'second',
        carry: 'header',
        header: 'x-tollgate-token',
        sign: { system: 'orders', secrets: ['NEW'], nonce: true },
      } as never,
    ];
    const sim = await load(
      'token',
      { token },
      { env, side: 'consumer', service: 'orders', properties: { 'xds.virtual_host_name': 'default/vendors' } },
    );
    const sent = new Set<string | undefined>();
    for (let index = 0; index < 3; index++) sent.add((await sim.request()).upstream?.header('x-tollgate-token'));
    assert.equal(sent.size, 3);
    for (const value of sent) assert.match(String(value), /^orders\.\d{8}T\d{6}Z\.[0-9a-f]{32}\.[0-9a-f]{64}$/);
  });
});

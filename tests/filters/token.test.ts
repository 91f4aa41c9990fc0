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

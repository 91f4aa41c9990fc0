import assert from 'node:assert/strict';
import { Agent, get } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { signToken, tokenDate } from '@tollgate/model';
import { type Application, startApplication } from '../support/application.js';
import { document, file, loopback } from '../support/documents.js';
import { type GovernedEnvoy, startGoverned } from '../support/governed-envoy.js';
import { freePorts } from '../support/ports.js';
import { within } from '../support/wait.js';

const requests = 120;
const secrets = { orders: 'o', billing: 'b', reports: 'r' };
type System = keyof typeof secrets;
const weights: Record<System, number> = { orders: 2, billing: 1, reports: 3 };

/** Of all that is admitted, how much may be off. Shares are estimates, a period later right within 5 % of `requests`; twice that. */
const tolerance = 0.1;
/** In periods of the clock: until the shares follow what is asked for, and as long as they are looked at. */
const settled = 1.25;
const measured = 2;
/** Reports asks once for so many calls of the clock: for a quarter of all, where half is its share. */
const reportsEvery = 4;

/**
 * The clock of this test is a second service with the same budget for whoever comes: it admits so many calls in a period, on
 * however slow a machine. No share is compared with any time but that.
 */
describe('on a real Envoy, in real time, shares become fair', () => {
  let application: Application;
  let proxy: GovernedEnvoy;
  let ports: number[] = [];
  const agent = new Agent({ keepAlive: true });
  before(async () => {
    application = await startApplication();
    ports = await freePorts(2);
    const inbound = ['vendors', 'clock'].map(
      (service, index) =>
        `{ service: ${service}, listen: ${loopback(ports[index] ?? 0)}, to: ${loopback(application.port)} }`,
    );
    const systems = Object.keys(secrets).map((id) => `{ id: ${id}, secrets: [{ env: ${variableOf(id)} }] }`);
    const to = (service: string) => `targetRefs: [{ kind: Service, name: ${service} }]`;
    proxy = await startGoverned({
      policies: file(
        document('Service', 'vendors', '{}'),
        document('Service', 'clock', '{}'),
        document('Node', 'vendors-1', `{ services: [vendors, clock], inbound: [${inbound}], workers: 2 }`),
        document('TokenPolicy', 'tokens', `{ side: provider, systems: [${systems}], ${to('vendors')} }`),
        document(
          'RateLimitPolicy',
          'shared',
          `{ ${to('vendors')}, fairShares: ${JSON.stringify({ requests, per: '1s', weights })} }`,
        ),
        document(
          'RateLimitPolicy',
          'clock',
          `{ ${to('clock')}, limits: [{ name: all, key: [service], requests: ${requests}, per: 1s, algorithm: sliding-window }] }`,
        ),
      ),
      node: 'vendors-1',
      env: Object.fromEntries(Object.entries(secrets).map(([id, secret]) => [variableOf(id), secret])),
    });
  });
  after(async () => {
    agent.destroy();
    await proxy?.envoy.stop();
    await application?.close();
  });

  /** Whether a call is admitted, of a system or at the clock. */
  const admitted = (system?: System): Promise<boolean> => {
    const answered = new Promise<boolean>((resolve, reject) => {
      const port = ports[system ? 0 : 1];
      const headers = system ? { 'x-tollgate-token': tokenOf(system) } : {};
      get({ agent, host: '127.0.0.1', port, headers }, (response) => {
        response.resume();
        response.on('end', () => resolve(response.statusCode === 200));
      }).on('error', reject);
    });
    return within(`the answer to a call of ${system ?? 'the clock'}`, answered);
  };

  /**
   * Orders and billing ask as fast as they are answered; reports does so too, or once for each `every` calls that the clock
   * admits. Ends when the clock has admitted so many periods' calls; counts the calls since.
   */
  const ask = async (periods: number, every?: number) => {
    const count = { orders: 0, billing: 0, reports: 0, reportsRefused: 0, clock: 0 };
    let due = 0;
    let round = 0;
    while (count.clock < periods * requests) {
      const reports = every === undefined || count.clock >= due;
      if (reports) due += every ?? 0;
      const asking: (System | undefined)[] = ['orders', 'billing', undefined, ...(reports ? ['reports' as const] : [])];
      // Who asks first would have a little more.
      for (let turn = round++ % asking.length; turn > 0; turn--) asking.push(asking.shift());
      const answers = await Promise.all(asking.map(admitted));
      for (const [index, system] of asking.entries()) {
        if (answers[index]) count[system ?? 'clock']++;
        else if (system === 'reports') count.reportsRefused++;
      }
    }
    return count;
  };

  test('by their weights while all ask for more; what one leaves is divided among the others', async (context) => {
    await ask(settled);
    const greedy = await ask(measured);
    context.diagnostic(`all ask for more: ${JSON.stringify(greedy)}`);
    near(greedy.orders / greedy.clock, 2 / 6, 'orders');
    near(greedy.billing / greedy.clock, 1 / 6, 'billing');
    near(greedy.reports / greedy.clock, 3 / 6, 'reports');

    await ask(settled, reportsEvery);
    const modest = await ask(measured, reportsEvery);
    context.diagnostic(`reports asks for little: ${JSON.stringify(modest)}`);
    const { orders, billing, reports, reportsRefused, clock } = modest;
    const asked = (reports + reportsRefused) / clock;
    assert.ok(asked < 0.35, `reports asked for ${asked} of all, which is not little`);
    near(reports / clock, asked, 'reports has what it asks for');
    near((orders + billing + reports) / clock, 1, 'nothing is left over');
    near(orders / clock, ((1 - asked) * 2) / 3, 'orders has two thirds of the rest');
    near(billing / clock, (1 - asked) / 3, 'billing has a third of the rest');
    assert.deepEqual(proxy.log, [], 'Envoy had nothing to complain of');
  });
});

function near(found: number, expected: number, what: string): void {
  assert.ok(Math.abs(found - expected) <= tolerance, `${what}: ${found.toFixed(3)} of all, not ${expected.toFixed(3)}`);
}

function variableOf(system: string): string {
  return `${system.toUpperCase()}_SECRET`;
}

function tokenOf(system: System): string {
  const date = tokenDate(new Date(), 'day');
  const { digest } = signToken('hmac-sha256', secrets[system], { system, date });
  return `${system}.${date}.${digest}`;
}

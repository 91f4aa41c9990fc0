import { describe, test } from 'node:test';
import { ParityCount } from '../../host-sim/src/testing/parity-count.js';
import { type Case, playCases } from './gateway-cases.js';

const upgrade = (enabled?: boolean) => ({
  upgrade_configs: [{ upgrade_type: 'WebSocket', ...(enabled === undefined ? {} : { enabled }) }],
});
const routes = (under: string) => [
  { match: { prefix: `${under}/unsaid` }, route: { cluster: 'down' } },
  { match: { prefix: `${under}/on` }, route: { cluster: 'down', ...upgrade() } },
  { match: { prefix: `${under}/off` }, route: { cluster: 'down', ...upgrade(false) } },
];
const cases = (under: string): Case[] =>
  ['unsaid', 'on', 'off'].map((name) => ({
    path: `${under}/${name}`,
    headers: [
      ['connection', 'upgrade'],
      ['upgrade', 'websocket'],
    ],
  }));

const parity = new ParityCount('upgrades of the gateway');

/** What may be upgraded goes to a cluster where nobody listens, which is not the answer to what may not. */
for (const [name, manager] of [
  ['unsaid', {}],
  ['on', upgrade(true)],
  ['off', upgrade(false)],
] as const) {
  describe(`upgrades by route, where the connection manager has them ${name}`, () => {
    playCases({ routes: routes(`/${name}`), manager }, cases(`/${name}`), parity);
  });
}

test('the count', (context) => parity.tell(context));

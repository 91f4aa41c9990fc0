// The greatest and the least that the policy language takes of any number are the greatest and the least that the filter
// takes, and its schema: what is accepted here is never refused at the proxy.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compileTarget, Secrets } from '@tollgate/envoy';
import { filterSchemas } from '@tollgate/envoy/filter-config';
import { descriptorOf, type Kind } from '@tollgate/model';
import { z } from 'zod';
import { load } from '../filters/load.js';
import type { Json, Place } from '../filters/mutation.js';
import { documents, modelOf } from './documents.js';
import { changed, fieldOf, furthest, type NumberAt, numbersIn } from './numbers.js';

/** What is Envoy's, or of the examples only: no filter is told. envoy.test.ts shows Envoy their bounds. */
const notOfFilters = [
  ...['ports.port', 'instances.port', 'instances.ports', 'instances.weight'],
  ...[
    'healthCheck.interval',
    'healthCheck.timeout',
    'healthCheck.healthy',
    'healthCheck.unhealthy',
    'healthCheck.port',
  ],
  ...['inbound.port', 'inbound.listen.port', 'inbound.to.port'],
  ...['outbound.listen.port', 'outbound.to.port', 'admin.port', 'workers'],
  ...['timeouts.request', 'timeouts.idle', 'timeouts.headers'],
  ...['http2.concurrentStreams', 'http2.outboundFrames', 'http2.outboundControlFrames'],
  'examples.request.times',
  ...['ports.number', 'ports.targetPort', 'endpoints.ports', 'endpoints.weight'],
  ...['priority', 'match.ports.number'],
];
/** Traffic is Envoy's too. */
const isOfTraffic = (kind: string) => descriptorOf(kind as Kind).apiVersions[0].startsWith('networking.istio.io/');

/** A status stands among texts, and is taken or not by its form. */
const statuses = 'breakers.failures.statuses';

/** A number under a name of the user's own stands for all of them. */
const withoutName = (field: string) =>
  field.replace(/(\.weights|(endpoints|instances)\.ports|distribute\.to)\..*/, '$1');

/** What the filter of the provider's side is told. */
function configOf(all: Record<string, Json>): Json {
  const model = modelOf(all);
  const [service] = model.of('Service');
  const [node] = model.of('Node');
  assert.ok(service && node);
  const target = compileTarget(model, 'provider', service, service, new Secrets());
  const config = { side: 'provider', service: 'vendors', trustedHops: node.spec.trustedHops, targets: [target] };
  return JSON.parse(JSON.stringify(config));
}

async function isTaken(config: Json): Promise<boolean> {
  const { targets, ...rest } = config as { targets: [object] } & object;
  const env = { ORDERS_SECRET: 's3cret' };
  const taken = await load('governance', targets[0], { ...rest, env }).then(
    () => true,
    (error: Error) => {
      assert.match(error.message, /configuration: \$\S*: /, 'it says what is wrong');
      return false;
    },
  );
  assert.equal(filterSchemas.governance.safeParse(config).success, taken, 'the schema agrees with the filter');
  return taken;
}

/** Where the two configurations have different numbers. */
function differences(one: Json, other: Json): Place[] {
  const before = new Map(numbersIn(one).map(({ place, value }) => [place.join(), value]));
  return numbersIn(other).flatMap(({ place, value }) => (before.get(place.join()) === value ? [] : [place]));
}

const parse = (kind: string, spec: Json) => descriptorOf(kind as Kind).spec.safeParse(spec);
const base = configOf(documents);
const reached = new Set<string>();

async function compare(kind: string, { place, value, step, write }: NumberAt): Promise<void> {
  const document = documents[kind] as Json;
  const within = (number: number) => parse(kind, changed(document, place, write(number))).success;
  for (const direction of [step, -step]) {
    const bound = furthest(value, direction, within);
    const config = configOf({ ...documents, [kind]: changed(document, place, write(bound)) });
    const [told, ...others] = differences(base, config);
    assert.ok(told && others.length === 0, `one number of the configuration follows ${place.join('.')}`);
    reached.add(fieldOf(told));
    const number = numbersIn(config).find((one) => one.place.join() === told.join());
    assert.equal(number?.value, bound);
    assert.ok(await isTaken(config), `the filter refuses the ${bound} at ${told.join('.')} that the policy may have`);
    const beyond = Math.round((bound + Math.sign(direction) * (number?.step ?? 1)) * 100) / 100;
    assert.ok(
      !(await isTaken(changed(config, told, beyond))),
      `the filter takes ${beyond} at ${told.join('.')}, and a policy at most ${bound}`,
    );
    // Nor what lies between two numbers.
    for (const part of [step / 2, step / 1e6]) {
      if (typeof write(value) !== 'number') continue;
      assert.ok(!parse(kind, changed(document, place, value + part)).success);
      assert.ok(!(await isTaken(changed(config, told, value + part))));
    }
  }
}

for (const [kind, document] of Object.entries(documents).filter(([kind]) => !isOfTraffic(kind)))
  describe(`the numbers of ${kind}`, () => {
    for (const number of numbersIn(document)) {
      const field = fieldOf(number.place);
      if (notOfFilters.includes(withoutName(field)) || field === statuses) continue;
      test(`${number.place.join('.')} has the bounds of the filter`, () => compare(kind, number));
    }
  });

/** Whether the model, the filter and its schema take a breaker with this; they say the same. */
async function allTake(place: Place, value: Json): Promise<boolean> {
  const kind = 'CircuitBreakerPolicy';
  const all = { ...documents, [kind]: changed(documents[kind] as Json, place, value) };
  const taken = parse(kind, all[kind] as Json).success;
  const ofFilter = ['targets', 0, 'breaker', 0, ...place];
  const config = taken ? configOf(all) : changed(base, ofFilter, typeof value === 'number' ? `${value}` : value);
  assert.equal(await isTaken(config), taken);
  return taken;
}

describe('what is no number in the filter’s configuration has the bounds of the filter too', () => {
  test('a status that is a failure', async () => {
    const take = (status: number) => allTake(['breakers', 0, 'failures', 'statuses', 0], status);
    assert.deepEqual(await Promise.all([99, 100, 599, 600].map(take)), [false, true, true, false]);
  });

  test('the bytes of a fallback’s body', async () => {
    const take = (body: string) => allTake(['breakers', 0, 'fallback', 'body'], body);
    for (const [letter, count] of [
      ['a', 65_536],
      ['é', 32_768],
    ] as const)
      assert.deepEqual([await take(letter.repeat(count)), await take(letter.repeat(count + 1))], [true, false]);
  });
});

/** The fields of a JSON schema that are numbers. */
function numberFields(schema: z.core.JSONSchema.BaseSchema, above: string[] = []): string[] {
  const { type, properties = {}, additionalProperties, items, anyOf = [], oneOf = [], allOf = [] } = schema;
  if (type === 'number' || type === 'integer') return [above.join('.')];
  const inner = [...anyOf, ...oneOf, ...allOf, ...[items ?? [], additionalProperties ?? []].flat()];
  return [
    ...Object.entries(properties).flatMap(([name, field]) => numberFields(field as never, [...above, name])),
    ...inner.flatMap((branch) => (typeof branch === 'object' ? numberFields(branch as never, above) : [])),
  ];
}

const toJson = (schema: z.ZodType) =>
  z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', reused: 'inline' }) as z.core.JSONSchema.BaseSchema;

describe('no number is forgotten', () => {
  /** A claim's value is compared and not counted. */
  const compared = 'rules.claims';

  /** What subsets and ports have of their own has the schema of what holds for all. */
  const general = (field: string) =>
    field
      .replace(/^subsets\.trafficPolicy/, 'trafficPolicy')
      .replace(/^trafficPolicy\.portLevelSettings\.(?!port\.)/, 'trafficPolicy.');

  for (const [kind, document] of Object.entries(documents))
    test(`of ${kind}`, () => {
      const there = numbersIn(document).map(({ place }) => general(withoutName(fieldOf(place))));
      const fields = numberFields(toJson(descriptorOf(kind as Kind).spec)).map(general);
      const wanted = [...new Set(fields)].filter((field) => field !== compared);
      assert.deepEqual(
        wanted.filter((field) => !there.includes(field)),
        [],
      );
    });

  test('of the filter', () => {
    const known = [...reached].map((field) => withoutName(field));
    // gRPC's statuses are names in policies.
    const other = ['targets.jwt.rules.claims', 'targets.breaker.breakers.failures.grpc'];
    const wanted = numberFields(toJson(filterSchemas.governance)).filter((field) => !other.includes(field));
    assert.deepEqual(
      [...new Set(wanted)].filter((field) => !known.includes(field)),
      [],
    );
  });
});

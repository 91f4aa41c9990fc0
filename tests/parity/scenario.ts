import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

/** A test of policies by what callers see: run unchanged in the simulator and in a real Envoy. docs/scenarios.md describes the format. */
export interface Scenario {
  name: string;
  /** Why the case is there. */
  about: string;
  /** The wall clock at the start. */
  at?: string;
  env?: Record<string, string>;
  /** Added to the provider's Node. */
  trustedHops?: number;
  workers?: number;
  /** Added to the Service vendors. */
  hosts?: string[];
  labels?: Record<string, string>;
  /** Policy documents; `apiVersion` is left out but for Istio's. The services orders and vendors and their nodes are there already. */
  policies: {
    apiVersion?: string;
    kind: string;
    metadata: { name: string; namespace?: string };
    spec: Record<string, unknown>;
  }[];
  steps: Step[];
}

export interface Step {
  request?: ScenarioRequest;
  /** How often the request is sent; every answer must be as expected. */
  times?: number;
  expect?: Expectation;
  /** The application does not answer until a step says `release`; only then is the answer there to be checked. */
  held?: true;
  /** Has the application answer all that it holds. */
  release?: true;
  /** Steps a clock. A monotonic step makes the scenario one for the simulator only. */
  advance?: { wall?: string; monotonic?: string };
}

export interface ScenarioRequest {
  /** `provider`: straight to the provider's proxy (default). `consumer`: through the consumer's proxy, as orders. */
  via?: 'provider' | 'consumer';
  method?: string;
  path?: string;
  headers?: [name: string, value: string][];
  from?: string;
  body?: string;
  token?: ScenarioToken;
}

/** A token made at the scenario's time, valid unless its parts say otherwise. */
export interface ScenarioToken {
  system: string;
  secret: string;
  at?: string;
  digest?: 'hmac-sha256' | 'md5';
  date?: 'day' | 'second';
  nonce?: string;
  header?: string;
  upperCase?: boolean;
}

export interface Expectation {
  status: number;
  reason?: string;
  rule?: string;
  /** Headers of the answer; null: must not be there. */
  headers?: Record<string, string | null>;
  body?: string;
  /** What the application received; `false`: nothing. */
  upstream?: false | ExpectedUpstream;
}

export interface ExpectedUpstream {
  path?: string;
  headers?: Record<string, string | null>;
}

const folder = fileURLToPath(new URL('../scenarios/', import.meta.url));

export function loadScenarios(): Scenario[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .sort()
    .map((file) => readScenario(file.replace('.yaml', ''), readFileSync(folder + file, 'utf8')));
}

export function readScenario(name: string, text: string): Scenario {
  const scenario: Scenario = { ...parse(text.replace(repetition, repeat)), name };
  checkFields(scenario);
  return scenario;
}

/** `${text*count}`: that text so often. */
const repetition = /\$\{([^{}"]+)\*(\d+)\}/g;
const repeat = (_: string, text: string, count: string) => text.repeat(Number(count));

/** A real Envoy's monotonic clock cannot be stepped. */
export function simulatorOnly({ steps }: Scenario): boolean {
  return steps.some(({ advance }) => advance?.monotonic !== undefined);
}

export function durationMs(text: string): number {
  const match = /^(-?\d+)(ms|s|m|h)$/.exec(text);
  if (!match) throw new Error(`"${text}" is not a duration`);
  return Number(match[1]) * ({ ms: 1, s: 1000, m: 60_000, h: 3_600_000 }[match[2] ?? ''] ?? 0);
}

/** A misspelt field would expect nothing, and be green for ever. */
function checkFields(scenario: Scenario): void {
  const allow = (where: string, value: object | undefined, fields: string) => {
    for (const key of Object.keys(value ?? {}))
      if (!fields.split(' ').includes(key)) throw new Error(`${scenario.name}.yaml: ${where}: unknown field ${key}`);
  };
  allow('scenario', scenario, 'name about at env trustedHops workers hosts labels policies steps');
  if (!scenario.about) throw new Error(`${scenario.name}.yaml: about is missing`);
  for (const [index, { request, expect, advance, ...rest }] of scenario.steps.entries()) {
    const where = `step ${index + 1}`;
    allow(where, rest, 'times held release');
    allow(`${where} advance`, advance, 'wall monotonic');
    allow(`${where} request`, request, 'via method path headers from body token');
    allow(`${where} token`, request?.token, 'system secret at digest date nonce header upperCase');
    allow(`${where} expect`, expect, 'status reason rule headers body upstream');
    allow(`${where} upstream`, expect?.upstream || undefined, 'path headers');
  }
}

import type { ScenarioSpec, Step } from './schema.js';

type Refuse = (path: (string | number)[], message: string) => void;

/** What fields of a scenario demand of one another. */
export function checkTogether(scenario: ScenarioSpec, refuse: Refuse): void {
  if (scenario.filters && scenario.policies) refuse(['filters'], 'write either policies or filters');
  if (scenario.protocol !== 'http2')
    scenario.steps.forEach((step, index) => {
      refuseHttp2(scenario, step, (path, message) => refuse(['steps', index, ...path], message));
    });
  scenario.steps.forEach(({ held, release, expect }, index) => {
    for (const field of ['shares', 'statuses'] as const)
      if (expect?.[field] && (held || release))
        refuse(['steps', index, 'expect', field], 'counts the calls of one step: leave out held and release');
  });
  scenario.steps.forEach(({ held, expect }, index) => {
    if (held && expect?.takes !== undefined)
      refuse(['steps', index, 'expect', 'takes'], 'is of a call whose answer is waited for: leave out held');
  });
  if (scenario.filters) checkFilters(scenario, refuse);
  else checkPolicies(scenario, refuse);
}

/** The applications of a scenario with policies: the instances of vendors first. */
export function applicationNames({ instances, applications }: ScenarioSpec): string[] {
  return [...instanceNames({ instances }), ...Object.keys(applications ?? {})];
}

export function instanceNames({ instances }: Pick<ScenarioSpec, 'instances'>): string[] {
  return Object.keys(instances ?? { vendors: {} });
}

function refuseHttp2(scenario: ScenarioSpec, { request, answer, answers, clusters, expect }: Step, refuse: Refuse) {
  const only = 'is of HTTP/2: write protocol: http2 and filters';
  if (Array.isArray(request?.body)) refuse(['request', 'body'], `in pieces ${only}`);
  if (request?.trailers) refuse(['request', 'trailers'], only);
  if (request?.resetAfter) refuse(['request', 'resetAfter'], only);
  if (answer?.trailers) refuse(['answer', 'trailers'], only);
  for (const [name, { trailers }] of Object.entries(answers ?? {}))
    if (trailers && scenario.applications?.[name]?.protocol !== 'http2')
      refuse(['answers', name, 'trailers'], 'is of HTTP/2: write applications with protocol: http2');
  for (const [name, { trailers }] of Object.entries(clusters ?? {}))
    if (trailers) refuse(['clusters', name, 'trailers'], only);
  if (Object.keys(expect?.trailers ?? {}).length > 0) refuse(['expect', 'trailers'], only);
}

function checkPolicies(scenario: ScenarioSpec, refuse: Refuse): void {
  if (scenario.protocol === 'http2') refuse(['protocol'], 'belongs to filters, not to policies');
  if (Object.keys(scenario.clusters).length > 0) refuse(['clusters'], 'only filters call clusters: write filters');
  const known = applicationNames(scenario);
  for (const name of instanceNames(scenario))
    if (scenario.applications?.[name]) refuse(['applications', name], 'is also the name of an instance');
  const check = (path: (string | number)[], name: string) => {
    if (!known.includes(name)) refuse(path, `no instance or application is named "${name}": ${known.join(', ')}`);
  };
  scenario.steps.forEach(({ answers, expect }, index) => {
    const at = ['steps', index];
    for (const name of Object.keys(answers ?? {})) check([...at, 'answers', name], name);
    if (expect?.instance !== undefined) check([...at, 'expect', 'instance'], expect.instance);
    for (const field of ['shares', 'applications'] as const)
      for (const name of Object.keys(expect?.[field] ?? {})) check([...at, 'expect', field, name], name);
  });
}

const ofPolicies = [
  'trustedHops',
  'hosts',
  'labels',
  'consumerLabels',
  'instances',
  'applications',
  'paths',
  'trustHeaders',
  'underscores',
] as const;

function checkFilters(scenario: ScenarioSpec, refuse: Refuse): void {
  for (const field of ofPolicies)
    if (scenario[field] !== undefined) refuse([field], 'belongs to policies, not to filters');
  scenario.steps.forEach(({ request, answers, clusters, expect }, index) => {
    const at = ['steps', index];
    if (request?.via === 'consumer') refuse([...at, 'request', 'via'], 'filters run on one proxy: leave it out');
    if (answers) refuse([...at, 'answers'], 'belongs to policies, not to filters: write answer');
    for (const field of ['instance', 'attempts', 'shares', 'applications'] as const)
      if (expect?.[field] !== undefined) refuse([...at, 'expect', field], 'belongs to policies, not to filters');
    const named = [...Object.keys(clusters ?? {}), ...Object.keys(expect?.callouts ?? {})];
    for (const name of named)
      if (!scenario.clusters[name]) refuse(at, `no cluster is named "${name}": write it under clusters`);
  });
}

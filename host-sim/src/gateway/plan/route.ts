import { readDirect } from './direct.js';
import type { Fields } from './fields.js';
import { readForward } from './forward.js';
import { readLevel } from './level.js';
import { readMatch } from './match.js';
import type { RoutePlan } from './plan.js';
import { readRedirect } from './redirect.js';

export function readRoute(fields: Fields): RoutePlan {
  // Names of counters and spans.
  fields.ignore('stat_prefix');
  const match = fields.message('match');
  const prefix = match.has('path_separated_prefix') ? match.text('path_separated_prefix') : match.text('prefix');
  // Envoy: where an expression matched, the whole path takes the place of the prefix.
  const matched = match.has('safe_regex') ? undefined : prefix || match.text('path');
  const plan: RoutePlan = {
    name: fields.text('name'),
    match: readMatch(match),
    action: readAction(fields, matched),
    level: readLevel(fields),
  };
  fields.done();
  return plan;
}

function readAction(fields: Fields, matched: string | undefined): RoutePlan['action'] {
  if (fields.has('route')) return readForward(fields.message('route'), matched);
  if (fields.has('redirect')) return readRedirect(fields.message('redirect'), matched);
  if (fields.has('direct_response')) return readDirect(fields.message('direct_response'));
  fields.problem('must have one of route, redirect, direct_response; no other is supported by the gateway');
  return { kind: 'direct', status: 500, body: () => '' };
}

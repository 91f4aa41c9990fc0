import type { Fields } from './fields.js';
import { readRuntimeFraction } from './fraction.js';
import type { MirrorPlan } from './plan.js';

const ALL = { part: 1, denominator: 1 };

/** A cluster that gets a copy of requests, and whose answers nobody waits for. */
export function readMirror(fields: Fields): MirrorPlan {
  // Traces are not taken.
  fields.ignore('trace_sampled');
  const plan: MirrorPlan = {
    cluster: fields.text('cluster'),
    ...(fields.has('runtime_fraction') ? readRuntimeFraction(fields.message('runtime_fraction')) : ALL),
    keepsHost: fields.flag('disable_shadow_host_suffix_append'),
  };
  if (plan.cluster === '') fields.problem('must be given; no other choice is supported by the gateway', 'cluster');
  fields.done();
  return plan;
}

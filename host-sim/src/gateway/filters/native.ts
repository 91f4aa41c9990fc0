import type { NativeFilter } from '../../http/chain-filter.js';
import type { NativePlan } from '../plan/plan.js';
import { cors } from './cors.js';
import { fault } from './fault.js';
import type { NativeSetting } from './setting.js';

/** One of Envoy's own filters, for one stream. */
export function nativeFilter(plan: NativePlan, setting: NativeSetting): NativeFilter {
  return plan.kind === 'fault' ? fault(plan, setting) : cors(plan, setting);
}

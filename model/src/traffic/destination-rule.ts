import { networkingVersions } from '../istio.js';
import { kind } from '../kind.js';
import { destinationRuleSpec } from './destination-rule-spec.js';
import { destinationWarnings } from './destination-warnings.js';

/** Istio's own schema: https://istio.io/latest/docs/reference/config/networking/destination-rule/ */
export const destinationRule = kind({
  kind: 'DestinationRule',
  apiVersions: networkingVersions,
  spec: destinationRuleSpec,
  check: destinationWarnings,
});

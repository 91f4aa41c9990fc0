import { kind } from '../kind.js';
import { destinationRuleSpec } from './destination-rule-spec.js';
import { destinationWarnings } from './destination-warnings.js';

/** Istio's own schema: https://istio.io/latest/docs/reference/config/networking/destination-rule/ */
export const destinationRule = kind({
  kind: 'DestinationRule',
  apiVersions: ['networking.istio.io/v1', 'networking.istio.io/v1beta1', 'networking.istio.io/v1alpha3'],
  spec: destinationRuleSpec,
  check: destinationWarnings,
});

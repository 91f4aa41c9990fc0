import { kind } from '../kind.js';
import { virtualServiceMistakes } from './virtual-service-mistakes.js';
import { virtualServiceSpec } from './virtual-service-spec.js';

export const virtualService = kind({
  kind: 'VirtualService',
  apiVersions: ['networking.istio.io/v1', 'networking.istio.io/v1beta1', 'networking.istio.io/v1alpha3'],
  spec: virtualServiceSpec,
  check: virtualServiceMistakes,
});

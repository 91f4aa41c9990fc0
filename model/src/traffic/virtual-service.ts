import { networkingVersions } from '../istio.js';
import { kind } from '../kind.js';
import { virtualServiceMistakes } from './virtual-service-mistakes.js';
import { virtualServiceSpec } from './virtual-service-spec.js';

export const virtualService = kind({
  kind: 'VirtualService',
  apiVersions: networkingVersions,
  spec: virtualServiceSpec,
  check: virtualServiceMistakes,
});

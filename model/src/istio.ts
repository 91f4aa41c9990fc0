import type { Model } from './model.js';
import type { Resource } from './resource.js';

/** Istio's documents in its root namespace, by its default name, are for every namespace. */
const rootNamespace = 'istio-system';

/**
 * The provider's name for the tokens of an issuer: that in full, but without a slash, as a URL's query would carry it. A
 * rule of these documents has no other name that stays when a document is edited.
 */
export function providerOf({ issuer }: { issuer: string }): string {
  return encodeURIComponent(Buffer.from(issuer).toString());
}

/** The RequestAuthentications whose rules together decide about calls to a service, in order of namespace/name. */
export function authenticationsOf(
  { requestAuthentication }: Pick<Model, 'requestAuthentication'>,
  service: Resource<'Service'>,
): Resource<'RequestAuthentication'>[] {
  return requestAuthentication.filter(({ namespace, spec }) => {
    if (spec.targetRefs)
      return namespace === service.namespace && spec.targetRefs.some(({ name }) => name === service.name);
    return (
      (namespace === service.namespace || namespace === rootNamespace) &&
      Object.entries(spec.selector?.matchLabels ?? {}).every(([label, value]) => service.labels[label] === value)
    );
  });
}

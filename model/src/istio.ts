/** Istio's documents in its root namespace, by its default name, are for every namespace. */
export const rootNamespace = 'istio-system';

/** The versions in which Istio's kinds for traffic are written. */
export const networkingVersions = [
  'networking.istio.io/v1',
  'networking.istio.io/v1beta1',
  'networking.istio.io/v1alpha3',
] as const;

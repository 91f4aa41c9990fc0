/** How near a document is to the callers of a namespace, which Istio lets decide between several. */
export type Nearness = 'own' | 'named' | 'public';

/** By `exportTo`; undefined where callers of that namespace do not know the document. */
export function nearness(
  { namespace, spec }: { namespace: string; spec: { exportTo: readonly string[] } },
  caller: string,
): Nearness | undefined {
  if (spec.exportTo.length === 0) return 'public';
  const exported = spec.exportTo.map((word) => (word === '.' ? namespace : word));
  if (exported.includes('*')) return 'public';
  if (!exported.includes(caller)) return undefined;
  return caller === namespace ? 'own' : 'named';
}

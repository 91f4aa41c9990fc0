/** How near a document is to the callers of a namespace, which Istio lets decide between several. */
export type Nearness = 'own' | 'named' | 'public';

/** What a document says of who knows it; a Service, which says nothing, everybody does. */
interface Exported {
  namespace: string;
  spec: { exportTo?: readonly string[] };
}

/** By `exportTo`; undefined where callers of that namespace do not know the document. */
export function nearness({ namespace, spec: { exportTo = [] } }: Exported, caller: string): Nearness | undefined {
  if (exportTo.length === 0) return 'public';
  const exported = exportTo.map((word) => (word === '.' ? namespace : word));
  if (exported.includes('*')) return 'public';
  if (!exported.includes(caller)) return undefined;
  return caller === namespace ? 'own' : 'named';
}

/** Whether callers of a namespace know the document. */
export function isExported(document: Exported, caller: string): boolean {
  return nearness(document, caller) !== undefined;
}

/** What the oracle knows of Istio's schema: the fields of which this test makes documents. */

export interface StringMatch {
  exact?: string;
  prefix?: string;
  regex?: string;
}

export interface HttpMatch {
  uri?: StringMatch;
  ignoreUriCase?: boolean;
  scheme?: StringMatch;
  method?: StringMatch;
  authority?: StringMatch;
  headers?: Record<string, StringMatch>;
  withoutHeaders?: Record<string, StringMatch>;
  queryParams?: Record<string, StringMatch>;
  port?: number;
  sourceLabels?: Record<string, string>;
  sourceNamespace?: string;
}

export interface HeaderChanges {
  set?: Record<string, string>;
  add?: Record<string, string>;
  remove?: string[];
}

export interface Headers {
  request?: HeaderChanges;
  response?: HeaderChanges;
}

export interface RouteDestination {
  destination: { host: string; subset?: string; port?: { number: number } };
  weight?: number;
  headers?: Headers;
}

export interface HttpRoute {
  match?: HttpMatch[];
  route?: RouteDestination[];
  redirect?: { uri?: string; authority?: string; scheme?: string; port?: number; redirectCode?: number };
  directResponse?: { status: number; body: { string: string } };
  delegate?: { name: string };
  rewrite?: { uri?: string; authority?: string; uriRegexRewrite?: { match: string; rewrite: string } };
  headers?: Headers;
}

export interface VirtualService {
  name: string;
  /** None: others delegate to it. */
  hosts: string[];
  http: HttpRoute[];
}

/** The services of one namespace, and what is said of their traffic. */
export interface Mesh {
  namespace: string;
  virtualServices: VirtualService[];
}

export interface MeshRequest {
  host: string;
  method: string;
  /** With its query. */
  path: string;
  headers: Record<string, string>;
}

/** The same services in each mesh, each with the versions v1 and v2, which are also subsets of it. */
export const services = [
  { name: 'details', ports: [80] },
  { name: 'ratings', ports: [80, 8080] },
  { name: 'reviews', ports: [80] },
] as const;
export const versions = ['v1', 'v2'] as const;

export const caller = { name: 'orders', namespace: 'default', labels: { app: 'orders', tier: 'front' } };

export const fullName = (service: string, { namespace }: Pick<Mesh, 'namespace'>) =>
  `${service}.${namespace}.svc.cluster.local`;

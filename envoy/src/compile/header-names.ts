import { type NodeSpec, type ServiceSpec, steeringHeaders } from '@tollgate/model';
import { any, type EarlyMutation } from '../types.js';

/** Headers of Envoy's own that it does not take off requests from outside; the application must not believe a client's. */
export const leftByEnvoy = [
  'x-envoy-attempt-count',
  'x-envoy-is-timeout-retry',
  'x-envoy-original-dst-host',
  'x-envoy-original-method',
];

/** What Envoy itself tells the application of a request; all of x-envoy-* beside them. */
const toldByEnvoy = ['x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-client-cert', 'x-request-id'];

/** What an application may obey over the request itself, and what nobody vouches for. */
export function untrustedHeaders(service: ServiceSpec, node: NodeSpec): string[] {
  const trusted = (name: string) =>
    (service.trustHeaders as string[]).includes(name) || (name === 'x-forwarded-host' && node.trustedHops > 0);
  return steeringHeaders.flatMap((name) => [
    ...(trusted(name) ? [] : [name]),
    // A proxy in front, or a caller who is trusted, writes the name as it is.
    ...(node.underscores === 'allow' ? otherSpellings(name) : []),
  ]);
}

/**
 * Many applications read `_` and `-` as one (CGI, WSGI, PHP), and would find a client's value beside Envoy's. Before Envoy
 * writes its own; where names with underscores do not come in there is nothing to do.
 */
export function withoutSpellings({ underscores }: NodeSpec): { early_header_mutation_extensions?: EarlyMutation[] } {
  if (underscores !== 'allow') return {};
  // Each by itself: Envoy takes only small regular expressions.
  const matchers = [
    ...toldByEnvoy.flatMap(otherSpellings).map((exact) => ({ exact })),
    ...['x_envoy[-_].*', 'x-envoy_.*', 'x-envoy-.*_.*'].map((regex) => ({ safe_regex: { regex } })),
  ];
  return {
    early_header_mutation_extensions: [
      {
        name: 'tollgate.spellings',
        typed_config: any('envoy.extensions.http.early_header_mutation.header_mutation.v3.HeaderMutation', {
          mutations: matchers.map((key_matcher) => ({ remove_on_match: { key_matcher } })),
        }),
      },
    ],
  };
}

/** A name with `_` for some of its `-`, in each way but the one in which it stands. */
function otherSpellings(name: string): string[] {
  const [first = '', ...rest] = name.split('-');
  return rest
    .reduce((spelled, part) => spelled.flatMap((one) => [`${one}-${part}`, `${one}_${part}`]), [first])
    .slice(1);
}

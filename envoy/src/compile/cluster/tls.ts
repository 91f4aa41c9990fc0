import { isIP } from 'node:net';
import type { ClientTls } from '@tollgate/model';
import { any, type Cluster } from '../../types.js';
import { isHttp } from '../callees.js';
import type { ClusterContext, ClusterFeature } from '../feature.js';
import { merged, type Part } from '../merged.js';
import { systemAuthorities } from '../system-authorities.js';
import { httpOptions } from './http-options.js';
import { speaksHttp2 } from './protocol.js';

/** TLS towards the instances, and whom they must prove to be. */
export const tls: ClusterFeature = (context) => {
  const written = context.policy?.tls;
  if (written?.mode !== 'SIMPLE') return undefined;
  const settings = { ...written, subjectAltNames: namesOf(written, context) };
  const http = isHttp(context.port) ? namedByHost(settings) : {};
  return merged<Part<Cluster>>(
    {
      transport_socket: {
        name: 'envoy.transport_sockets.tls',
        typed_config: any('envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext', {
          ...(settings.sni === undefined ? {} : { sni: settings.sni, auto_sni_san_validation: provesSni(settings) }),
          common_tls_context: {
            tls_params: { tls_minimum_protocol_version: 'TLSv1_2', tls_maximum_protocol_version: 'TLSv1_3' },
            ...(speaksHttp2(context) ? { alpn_protocols: ['h2'] } : {}),
            validation_context: validation(settings),
          },
        }),
      },
    },
    Object.keys(http).length > 0 ? httpOptions({ upstream_http_protocol_options: http }) : undefined,
  );
};

/** What the rule does not say, a ServiceEntry may. */
function namesOf({ subjectAltNames, insecureSkipVerify }: ClientTls, { callee: { entry } }: ClusterContext): string[] {
  return insecureSkipVerify ? [] : (subjectAltNames ?? entry?.spec.subjectAltNames ?? []);
}

/** Without another name the call's host is asked for, and proven. */
function namedByHost({ sni, subjectAltNames = [], insecureSkipVerify = false }: ClientTls) {
  if (sni !== undefined) return {};
  return { auto_sni: true, ...(insecureSkipVerify || subjectAltNames.length > 0 ? {} : { auto_san_validation: true }) };
}

function provesSni({ subjectAltNames = [], insecureSkipVerify = false }: ClientTls): boolean {
  return !insecureSkipVerify && subjectAltNames.length === 0;
}

function validation({ caCertificates, subjectAltNames = [], insecureSkipVerify = false }: ClientTls) {
  if (insecureSkipVerify) return {};
  return {
    trusted_ca: { filename: caCertificates ?? systemAuthorities },
    ...(subjectAltNames.length > 0 ? { match_typed_subject_alt_names: subjectAltNames.map(alternativeName) } : {}),
  };
}

function alternativeName(name: string) {
  const san_type = name.includes('://')
    ? 'URI'
    : isIP(name) !== 0
      ? 'IP_ADDRESS'
      : name.includes('@')
        ? 'EMAIL'
        : 'DNS';
  return { san_type, matcher: { exact: name } } as const;
}

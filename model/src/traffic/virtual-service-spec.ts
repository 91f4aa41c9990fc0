import { z } from 'zod';
import type { ResourceOf } from '../resource.js';
import { object, written } from '../schema.js';
import { host } from './destination.js';
import { httpRoute } from './http-route.js';
import { exportTo } from './scalars.js';
import { connectionRoutes } from './virtual-service-tcp.js';

// Istio's own schema: https://istio.io/latest/docs/reference/config/networking/virtual-service/

const routedHost = z
  .string(written('a host such as vendors'))
  .refine((text) => text !== '*', 'is every host, which only a gateway can route: write the hosts')
  .pipe(host);

const gateway = z.string(written('mesh')).superRefine((text, context) => {
  if (text === 'mesh') return;
  const message = `"${text}": the kind Gateway is not in this release yet, write mesh or leave gateways out`;
  context.addIssue({ code: 'custom', message });
});

function covers(wide: string, narrow: string): boolean {
  return wide === narrow || (wide.startsWith('*') && narrow.endsWith(wide.slice(1)));
}

/** Both name a host: one of them for all below it. */
function overlap(a: string, b: string): boolean {
  return covers(a, b) || covers(b, a);
}

const hosts = z
  .array(routedHost)
  .default([])
  .superRefine((all, context) => {
    all.forEach((host, index) => {
      const other = all.slice(0, index).find((before) => overlap(before, host));
      if (other === undefined) return;
      const message =
        other === host ? `"${host}" is written twice` : `"${host}" and "${other}" are hosts of each other, write one`;
      context.addIssue({ code: 'custom', path: [index], message });
    });
  });

/** Where calls to some hosts go. One without hosts is a part of others, which delegate to it. */
export const virtualServiceSpec = object({
  hosts,
  gateways: z.array(gateway).default([]),
  exportTo: exportTo.default([]),
  http: z.array(httpRoute).default([]),
  ...connectionRoutes,
}).superRefine(({ hosts, gateways, http, tls, tcp }, context) => {
  const refuse = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message });
  if (http.length + tls.length + tcp.length === 0) refuse([], 'routes nothing, write http, tls or tcp');
  tls.forEach(({ match }, route) => {
    match.forEach(({ sniHosts }, at) => {
      sniHosts.forEach((name, index) => {
        if (hosts.some((host) => covers(host, name))) return;
        refuse(['tls', route, 'match', at, 'sniHosts', index], `"${name}" is none of \`hosts\`, write it there too`);
      });
    });
  });
  if (hosts.length > 0) return;
  if (gateways.length > 0) refuse(['gateways'], 'has no effect without `hosts`: whoever delegates says them');
  http.forEach(({ delegate }, index) => {
    if (delegate)
      refuse(
        ['http', index, 'delegate'],
        'has no effect: a VirtualService without `hosts` is a delegate itself, and those delegate no further',
      );
  });
});

export type VirtualServiceSpec = z.output<typeof virtualServiceSpec>;
export type VirtualService = ResourceOf<'VirtualService', VirtualServiceSpec>;

import { type HeaderOperations, hostSetBy, isHost } from '@tollgate/model';
import type { RouteFeature } from '../feature.js';
import { isSentOn } from './sent-on.js';

/** What is changed of headers, by the route and then by its only destination; of several each has changes of its own. */
export const headers: RouteFeature = ({ http }) => {
  const [only, ...others] = http.route ?? [];
  const changes = headerChanges(http.headers, others.length === 0 ? only?.headers : undefined);
  if (!isSentOn(http)) return changes;
  const host = { ...(others.length === 0 ? hostRewrite(only?.headers) : {}), ...hostRewrite(http.headers) };
  return Object.keys(host).length > 0 ? { ...changes, route: host } : changes;
};

/** Envoy takes headers away before it adds any. Later operations see what earlier ones left. */
export function headerChanges(...all: (HeaderOperations | undefined)[]) {
  const requests = all.flatMap((operations) => operations?.request ?? []);
  const responses = all.flatMap((operations) => operations?.response ?? []);
  return {
    ...listed('request_headers_to_add', requests.flatMap(additions)),
    ...listed(
      'request_headers_to_remove',
      requests.flatMap(({ remove }) => remove),
    ),
    ...listed('response_headers_to_add', responses.flatMap(additions)),
    ...listed(
      'response_headers_to_remove',
      responses.flatMap(({ remove }) => remove),
    ),
  };
}

/** The host is no header to Envoy. */
export function hostRewrite(operations: HeaderOperations | undefined) {
  const host = hostSetBy(operations);
  return host === undefined ? {} : { host_rewrite_literal: host };
}

function additions({ set, add }: NonNullable<HeaderOperations['request']>) {
  const option =
    (append_action: 'OVERWRITE_IF_EXISTS_OR_ADD' | 'APPEND_IF_EXISTS_OR_ADD') => (entry: [string, string]) => ({
      header: { key: entry[0], value: entry[1] },
      append_action,
    });
  const changed = (values: Record<string, string>) => Object.entries(values).filter(([name]) => !isHost(name));
  return [
    ...changed(set).map(option('OVERWRITE_IF_EXISTS_OR_ADD')),
    ...changed(add).map(option('APPEND_IF_EXISTS_OR_ADD')),
  ];
}

function listed<const Field extends string, Item>(field: Field, items: Item[]): { [Each in Field]?: Item[] } {
  return items.length > 0 ? ({ [field]: items } as { [Each in Field]?: Item[] }) : {};
}

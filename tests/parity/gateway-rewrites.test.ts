import { describe, test } from 'node:test';
import { ParityCount } from '../../host-sim/src/testing/parity-count.js';
import { type Case, playCases } from './gateway-cases.js';

const to = (more: object) => ({ route: { cluster: 'one', ...more } });
const regex = (pattern: string, substitution: string) => ({
  regex_rewrite: { pattern: { regex: pattern }, substitution },
});

const routes = [
  { match: { prefix: '/regex/groups/' }, ...to(regex('^/regex/groups/([^/]+)(/.*)$', '\\2/in/\\1')) },
  { match: { prefix: '/regex/all' }, ...to(regex('a', 'b')) },
  { match: { prefix: '/regex/empty' }, ...to(regex('x*', '-')) },
  { match: { prefix: '/regex/none' }, ...to(regex('nowhere', 'gone')) },
  { match: { prefix: '/regex/whole' }, ...to(regex('^.*$', '/all\\0\\\\')) },
  { match: { prefix: '/regex/absent' }, ...to(regex('(q)?(s)t', '[\\1|\\2]')) },
  { match: { prefix: '/regex/gone' }, ...to(regex('.*', '')) },
  { match: { prefix: '/away/gone' }, redirect: regex('.*', '') },
  { match: { prefix: '/away/bare' }, redirect: { path_redirect: 'bare' } },
  { match: { safe_regex: { regex: '/by/[a-z]+/.*' } }, ...to({ prefix_rewrite: '/new' }) },
  { match: { path: '/exact' }, ...to({ prefix_rewrite: '/other' }) },
  { match: { path_separated_prefix: '/part' }, ...to({ prefix_rewrite: '/' }) },
  { match: { prefix: '/Folded', case_sensitive: false }, ...to({ prefix_rewrite: '/f' }) },
  { match: { prefix: '/nothing' }, ...to({ prefix_rewrite: '' }) },
  { match: { prefix: '/host' }, ...to({ host_rewrite_literal: 'other.example', append_x_forwarded_host: true }) },
  {
    match: { prefix: '/hosts' },
    route: {
      weighted_clusters: { clusters: [{ name: 'one', weight: 1, host_rewrite_literal: 'cluster.example' }] },
      host_rewrite_literal: 'route.example',
    },
  },
  { match: { prefix: '/away/regex/' }, redirect: regex('^/away/regex/(.*)$', '/landed/\\1') },
  { match: { prefix: '/away/strip/' }, redirect: { ...regex('away', 'home'), strip_query: true } },
  { match: { safe_regex: { regex: '/away/by/.*' } }, redirect: { prefix_rewrite: '/whole' } },
  { match: { prefix: '/away/scheme' }, redirect: { scheme_redirect: 'ftp', response_code: 'FOUND' } },
  { match: { prefix: '/away/port' }, redirect: { port_redirect: 81, response_code: 'TEMPORARY_REDIRECT' } },
  { match: { prefix: '/away/https-port' }, redirect: { https_redirect: true, port_redirect: 8443 } },
  { match: { prefix: '/away/query' }, redirect: { path_redirect: '/new?q=1' } },
  { match: { prefix: '/away/query-strip' }, redirect: { path_redirect: '/new', strip_query: true } },
  {
    match: { prefix: '/away/all' },
    redirect: { host_redirect: 'a.example', path_redirect: '/b', https_redirect: true },
  },
  { match: { prefix: '/by-method', headers: [{ name: ':method', string_match: { exact: 'DELETE' } }] }, ...to({}) },
  {
    match: { prefix: '/by-authority', headers: [{ name: ':authority', string_match: { prefix: 'a.' } }] },
    ...to({}),
  },
  { match: { prefix: '/by-scheme', headers: [{ name: ':scheme', string_match: { exact: 'http' } }] }, ...to({}) },
  { match: { prefix: '/by-path', headers: [{ name: ':path', string_match: { suffix: '?a' } }] }, ...to({}) },
  {
    match: {
      prefix: '/inverted',
      headers: [
        { name: 'x-a', string_match: { exact: 'a' }, invert_match: true, treat_missing_header_as_empty: true },
        { name: 'x-b', present_match: true, invert_match: true },
        {
          name: 'x-c',
          string_match: { safe_regex: { regex: 'c+' } },
          invert_match: true,
          treat_missing_header_as_empty: true,
        },
      ],
    },
    ...to({}),
  },
];

const cases: Case[] = [
  { path: '/regex/groups/a/b/c?d=/regex/groups/x/y' },
  { path: '/regex/groups/a' },
  { path: '/regex/all/banana?a=a' },
  { path: '/regex/empty/axxb' },
  { path: '/regex/none/?a' },
  { path: '/regex/whole/x' },
  { path: '/regex/absent/st/qst' },
  { path: '/by/name/more?x=y' },
  { path: '/regex/gone?a' },
  { path: '/away/gone?a' },
  { path: '/away/bare?a' },
  { path: '/exact?a' },
  { path: '/part' },
  { path: '/part/of/it?a' },
  { path: '/fOLDED/in' },
  { path: '/nothing/else' },
  { path: '/host' },
  { path: '/host', headers: [['x-forwarded-host', 'first.example']] },
  { path: '/hosts' },
  { path: '/away/regex/a/b?c' },
  { path: '/away/strip/a/b?c' },
  { path: '/away/by/x?y' },
  { path: '/away/scheme?a' },
  { path: '/away/scheme', headers: [['host', '[::1]:80']] },
  { path: '/away/scheme', headers: [['host', '[::1]:8080']] },
  { path: '/away/port' },
  { path: '/away/port', headers: [['host', 'a.example:8080']] },
  { path: '/away/port', headers: [['host', '[::1]:8080']] },
  { path: '/away/https-port', headers: [['host', 'a.example:80']] },
  { path: '/away/query?old' },
  { path: '/away/query-strip?old' },
  { path: '/away/all?old' },
  { path: '/by-method', method: 'DELETE' },
  { path: '/by-method', method: 'PUT' },
  { path: '/by-authority', headers: [['host', 'a.example']] },
  { path: '/by-authority', headers: [['host', 'b.example']] },
  { path: '/by-scheme' },
  { path: '/by-path?a' },
  { path: '/by-path?b' },
  { path: '/inverted' },
  { path: '/inverted', headers: [['x-a', 'a']] },
  { path: '/inverted', headers: [['x-a', 'b']] },
  { path: '/inverted', headers: [['x-b', 'a']] },
  { path: '/inverted', headers: [['x-c', 'ccc']] },
];

const parity = new ParityCount('rewrites of the gateway');

describe('rewrites, redirects and matches of the gateway', () => {
  playCases({ routes }, cases, parity);
});

test('the count', (context) => parity.tell(context));

import { canonicalPath, canonicalPrefix, canonicalSuffix, hostPattern, parseNetwork, signToken } from '@tollgate/model';
import { environment } from '../filters/configurations.js';
import { jws } from '../filters/jwt-token.js';
import { bitsOf, CallModel, type FuzzRequest } from './call-model.js';

// biome-ignore lint/suspicious/noExplicitAny: a configuration as its schema left it, of whatever filter
type Any = any;

/** When every case happens. */
export const now = new Date('2026-11-21T12:00:00Z');

/**
 * Why this request must not pass; undefined where nothing forbids it. `exact` says that nothing else may forbid it either.
 * Only policies that are enforced for everybody are judged: the others forbid nothing.
 */
export function forbidden(target: Any, request: FuzzRequest, trustedHops: number): { why?: string; exact: boolean } {
  const call = new CallModel(request, trustedHops, target.paths);
  if (call.canonical === undefined || call.host === undefined || call.parameters > 256)
    return { why: 'path_not_canonical', exact: true };
  const exact = Object.keys(target).every((key) => ['service', 'paths', 'access'].includes(key));
  const whole = (target.access ?? []).every(({ mode }: Any) => mode === 'enforce');
  for (const [step, reasonOf] of [
    ['access', accessReason],
    ['token', tokenReason],
    ['jwt', jwtReason],
  ] as const)
    for (const policy of target[step] ?? []) {
      const rule = (policy.rules ?? [{ require: step }]).find((one: Any) =>
        matches(one.packed ? unpackedRules(one.packed) : one.match, call, opens(step, one)),
      );
      const why = rule && policy.mode === 'enforce' ? reasonOf(policy, rule, call) : undefined;
      if (why) return { why, exact: exact && whole };
    }
  return { exact: exact && whole };
}

/** Headers whose names are the proxy's to write, or whose value it has verified: no other spelling of one may go on. */
export function proxyHeaders(target: Any): string[] {
  const token = (target?.token ?? []).flatMap((policy: Any) =>
    policy.carry === 'headers' ? Object.values(policy.headers) : [policy.header ?? 'x-tollgate-token'],
  );
  const jwt = (target?.jwt ?? []).flatMap(({ providers }: Any) =>
    providers.flatMap(({ from, claimsToHeaders, payloadToHeader }: Any) => [
      ...(from ?? []).map(({ header }: Any) => header),
      ...(claimsToHeaders ?? []).map(({ header }: Any) => header),
      payloadToHeader,
    ]),
  );
  return [...token, ...jwt].flatMap((name) => (typeof name === 'string' ? [name.toLowerCase()] : []));
}

function accessReason(_: Any, { allow, deny }: Any, call: CallModel): string | undefined {
  if (deny && isIn(deny, call.address, true)) return 'address_denied';
  return allow && !isIn(allow, call.address, false) ? 'address_not_allowed' : undefined;
}

/** A valid token is the one value of its header, or of each of its headers. */
function tokenReason(policy: Any, rule: Any, call: CallModel): string | undefined {
  if (rule.require === 'none') return undefined;
  const names = policy.carry === 'headers' ? policy.headers : { token: policy.header ?? 'x-tollgate-token' };
  const parts = Object.values<string>(names).map((name) => call.headers(name.toLowerCase()));
  if (parts.some((values) => values.length > 1 || values[0]?.includes(','))) return 'token_duplicate';
  const text = (
    policy.carry === 'headers'
      ? ['system', 'date', 'nonce', 'digest'].flatMap((part) =>
          call.headers((policy.headers[part] ?? '').toLowerCase()),
        )
      : parts.flat()
  ).join('.');
  const [system = '', date = '', ...rest] = text.split('.');
  const digest = rest.pop()?.toLowerCase();
  const known = policy.systems.find(({ id }: Any) => id === system);
  const secrets: string[] = (known?.secrets ?? []).map((name: keyof typeof environment) => environment[name] ?? '');
  const nonce = rest.length > 0 ? { nonce: rest.join('.') } : {};
  if (
    !secrets.some((secret) => secret && signToken(policy.digest, secret, { system, date, ...nonce }).digest === digest)
  )
    return 'no valid digest';
  if (!isFresh(date, policy.skewMs)) return 'token_expired';
  return rule.systems && !rule.systems.includes(system) ? 'token_system_not_allowed' : undefined;
}

function isFresh(date: string, skewMs: number): boolean {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)Z)?$/.exec(date) ?? [];
  const from = Date.parse(`${year}-${month}-${day}T${hour ?? '00'}:${minute ?? '00'}:${second ?? '00'}Z`);
  const to = hour === undefined ? from + 86_400_000 : from;
  return from - skewMs <= now.getTime() && now.getTime() <= to + skewMs;
}

/**
 * Somewhere in the request is a token that was signed with our key and is still valid: whose place is right, the filter says.
 * So where a rule lets pass who has no token (`valid`), nothing can be forbidden from here.
 */
function jwtReason(policy: Any, rule: Any, call: CallModel): string | undefined {
  if (rule.require === 'none' || rule.require === 'valid') return undefined;
  const texts = [...call.request.headers.map(([, value]) => value), ...call.query.map(([, value]) => value)];
  const tokens = texts.flatMap((text) => text.match(/[\w-]+\.[\w-]+\.[\w-]+/g) ?? []);
  const skewMs = Math.max(...policy.providers.map((provider: Any) => provider.skewMs));
  const valid = tokens.some((token) => {
    const claims = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString();
    if (jws('HS256', claims) !== token) return false;
    const { exp = Number.POSITIVE_INFINITY } = JSON.parse(claims);
    return exp * 1000 + skewMs > now.getTime();
  });
  return valid ? undefined : 'no valid JWT';
}

function matches(any: Any[] | undefined, call: CallModel, opens: boolean): boolean {
  return !any || any.length === 0 || any.some((conditions) => holds(conditions, call, opens));
}

/** Whether a rule asks for nothing: such a rule for addresses does not apply to an unknown one. */
function opens(step: string, rule: Any): boolean {
  return step === 'access' ? !rule.allow && !rule.deny : rule.require === 'none';
}

function holds(conditions: Any, call: CallModel, opens: boolean): boolean {
  const { path, methods, hosts, headers, query, consumers, addresses } = conditions;
  const meetsAll = (wanted: Any, valuesOf: (name: string) => string[]) =>
    Object.entries<Any>(wanted ?? {}).every(([name, condition]) => {
      const values = valuesOf(name);
      return values.length === 0 ? condition.present === false : values.some((value) => meets(condition, value));
    });
  return (
    (!path || meetsPath(path, call)) &&
    (!methods || methods.map(bytes).includes(call.request.method)) &&
    (!hosts || hosts.some((host: string) => namesHost(host, call.host ?? ''))) &&
    meetsAll(headers, (name) => call.headers(name.toLowerCase())) &&
    meetsAll(query, (name) => call.query.flatMap(([given, value]) => (given === bytes(name) ? [value] : []))) &&
    // Of the steps that are judged, only access and token ask before anybody is known; where it matters, it is not judged.
    (!consumers || consumers.includes('anonymous')) &&
    (!addresses || isIn(addresses, call.address, !opens))
  );
}

const bytes = (text: string) => Buffer.from(text).toString('latin1');

function meets({ exact, prefix, suffix, present }: Any, value: string): boolean {
  if (exact !== undefined) return value === bytes(exact);
  if (prefix !== undefined) return value.startsWith(bytes(prefix));
  return suffix !== undefined ? value.endsWith(bytes(suffix)) : present;
}

/** The rule's path in its canonical form, unless packed rules have it as they came. */
function meetsPath({ packed, ...condition }: Any, call: CallModel): boolean {
  const [[kind = '', written = ''] = []] = Object.entries<string>(condition);
  const form = kind === 'prefix' ? canonicalPrefix : kind === 'suffix' ? canonicalSuffix : canonicalPath;
  const text = packed || written === '' ? written : call.read(form(written) ?? '', kind === 'prefix');
  return meets({ [kind]: text }, call.read(call.canonical ?? ''));
}

function namesHost(written: string, host: string): boolean {
  const name = hostPattern(written) ?? '';
  return name.startsWith('*') ? host.length >= name.length && host.endsWith(name.slice(1)) : host === name;
}

function isIn(networks: Any, address: string | undefined, unknown: boolean): boolean {
  if (address === undefined) return unknown;
  const prefixes: string[] = Array.isArray(networks)
    ? networks.map((text) => {
        const network = parseNetwork(text);
        return network ? `${network.bytes.length * 8}${bitsOf(network.bytes).slice(0, network.prefix)}` : 'none';
      })
    : [...unpacked(networks.v4, 4), ...unpacked(networks.v6, 16)];
  return prefixes.some((prefix) => `${address.length}${address}`.startsWith(prefix));
}

/** What each record of packed rules asks. */
function unpackedRules(packed: string): Any[] {
  const text = Buffer.from(packed).toString('latin1');
  const number = (at: number) => (text.charCodeAt(at) - 0x30) * 32 + text.charCodeAt(at + 1) - 0x30;
  const all: Any[] = [];
  for (let at = 4; at < text.length; ) {
    const from = at + 5 + number(at);
    const end = from + number(at + 2);
    const asked = Buffer.from(text.slice(from, end), 'latin1').toString();
    const kinds: Record<string, Any> = {
      e: { path: { exact: asked, packed: true } },
      p: { path: { prefix: asked, packed: true } },
      h: { hosts: [asked] },
    };
    all.push(kinds[text.charAt(at + 4)] ?? { consumers: [asked] });
    at = end;
  }
  return all;
}

function unpacked(text: string | undefined, size: number): string[] {
  const records = Buffer.from(text ?? '', 'base64url');
  return Array.from({ length: records.length / (size + 1) }, (_, index) => {
    const at = index * (size + 1);
    return `${size * 8}${bitsOf(records.subarray(at, at + size)).slice(0, records[at + size])}`;
  });
}

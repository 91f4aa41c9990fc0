import { type ChainFilter, type NativeFilter, PASS_ALL } from '../../http/chain-filter.js';
import { HeaderMap } from '../../http/header-map.js';
import type { HttpStream } from '../../http/http-stream.js';
import type { PassFilter } from '../../http/pass.js';
import type { CorsPlan, NativePlan } from '../plan/plan.js';
import type { ChosenRoute } from '../routing/routes.js';
import { configsOf } from './route-filter-config.js';
import type { NativeSetting } from './setting.js';

type Text = 'methods' | 'headers' | 'exposed' | 'maxAge';

/** `envoy.filters.http.cors`: answers preflight requests, and tells browsers which origins may read an answer. */
export function cors(plan: Extract<NativePlan, { kind: 'cors' }>, setting: NativeSetting): NativeFilter {
  return (stream) => new Cors(plan, setting, stream);
}

class Cors implements ChainFilter {
  readonly request: PassFilter = { ...PASS_ALL, headers: (headers) => this.begin(headers) };
  readonly response: PassFilter = { ...PASS_ALL, headers: (headers) => this.finish(headers) };
  /** The narrowest first; each may leave to the next what it does not say. */
  #policies: CorsPlan[] = [];
  /** Of a request from another origin that may read the answer. */
  #origin: string | undefined;

  constructor(
    private readonly plan: Extract<NativePlan, { kind: 'cors' }>,
    private readonly setting: NativeSetting,
    private readonly stream: HttpStream,
  ) {}

  onEnd(): void {}

  private begin(headers: HeaderMap): ReturnType<PassFilter['headers']> {
    const route = this.stream.info.route as ChosenRoute | undefined;
    // Envoy: only where the route leads to an upstream.
    if (!route?.destination) return 'continue';
    this.#policies = configsOf(route, this.plan);
    const origin = headers.first('origin') ?? '';
    if (origin === '' || !this.isOn()) return 'continue';
    const allowed = this.first(({ origins }) => (origins.length > 0 ? origins : undefined));
    const known = allowed?.some((fits) => fits('*') || fits(origin)) ?? false;
    if (known) this.#origin = origin;
    const asked = headers.first('access-control-request-method') ?? '';
    if (headers.first(':method') !== 'OPTIONS' || asked === '') return 'continue';
    if (!known && (this.first(({ forwardsOtherPreflights }) => forwardsOtherPreflights) ?? true)) return 'continue';
    this.stream.answer(this.preflight(headers, asked), 'cors_response');
    return 'stop';
  }

  private isOn(): boolean {
    const part = this.#policies[0]?.enabledPart ?? 0;
    return part >= 1 || (part > 0 && this.setting.draw() < part);
  }

  private preflight(request: HeaderMap, askedMethod: string): HeaderMap {
    const answer = HeaderMap.response([[':status', '200']]);
    if (this.#origin !== undefined) answer.set('access-control-allow-origin', this.#origin);
    if (this.credentials) answer.set('access-control-allow-credentials', 'true');
    const methods = this.text('methods');
    if (methods !== '') answer.set('access-control-allow-methods', methods === '*' ? askedMethod : methods);
    const names = this.text('headers');
    const askedHeaders = request.first('access-control-request-headers') ?? '';
    if (names !== '') answer.set('access-control-allow-headers', names === '*' ? askedHeaders : names);
    if (this.text('maxAge') !== '') answer.set('access-control-max-age', this.text('maxAge'));
    const privately = this.first(({ privateNetwork }) => privateNetwork) ?? false;
    if (privately && request.first('access-control-request-private-network') === 'true')
      answer.set('access-control-allow-private-network', 'true');
    return answer;
  }

  private finish(headers: HeaderMap): 'continue' {
    if (this.#origin === undefined) return 'continue';
    headers.set('access-control-allow-origin', this.#origin);
    if (this.credentials) headers.set('access-control-allow-credentials', 'true');
    if (this.text('exposed') !== '') headers.set('access-control-expose-headers', this.text('exposed'));
    return 'continue';
  }

  private get credentials(): boolean {
    return this.first(({ credentials }) => credentials) ?? false;
  }

  private text(name: Text): string {
    return this.first((policy) => policy[name] || undefined) ?? '';
  }

  private first<T>(of: (policy: CorsPlan) => T | undefined): T | undefined {
    return this.#policies.map(of).find((value) => value !== undefined);
  }
}

import type { ChainFilter, NativeFilter } from '../../http/chain-filter.js';
import { PASS_ALL } from '../../http/chain-filter.js';
import type { HeaderMap } from '../../http/header-map.js';
import type { HttpStream } from '../../http/http-stream.js';
import { plainReply } from '../../http/local-reply.js';
import type { PassFilter } from '../../http/pass.js';
import { ResponseFlag } from '../../http/stream-info.js';
import type { FaultPlan, NativePlan } from '../plan/plan.js';
import { matchesHeader } from '../routing/header-match.js';
import type { ChosenRoute } from '../routing/routes.js';
import { configsOf } from './route-filter-config.js';
import type { NativeSetting } from './setting.js';

/** `envoy.filters.http.fault`: holds some requests for a while, and answers some itself. */
export function fault(plan: Extract<NativePlan, { kind: 'fault' }>, setting: NativeSetting): NativeFilter {
  return (stream, index) => new Fault(plan, setting, stream, index);
}

class Fault implements ChainFilter {
  readonly request: PassFilter = {
    headers: (headers) => this.begin(headers),
    data: () => (this.#cancelDelay ? 'watermark' : 'continue'),
    trailers: () => (this.#cancelDelay ? 'stop' : 'continue'),
  };
  readonly response = PASS_ALL;
  #cancelDelay: (() => void) | undefined;

  constructor(
    private readonly plan: Extract<NativePlan, { kind: 'fault' }>,
    private readonly setting: NativeSetting,
    private readonly stream: HttpStream,
    private readonly index: number,
  ) {}

  onEnd(): void {
    this.#cancelDelay?.();
  }

  private begin(headers: HeaderMap): ReturnType<PassFilter['headers']> {
    const route = this.stream.info.route as ChosenRoute | undefined;
    const faults: FaultPlan = configsOf(route, this.plan)[0] ?? this.plan.fault;
    if (faults.upstreamCluster !== '' && faults.upstreamCluster !== route?.clusterName) return 'continue';
    if (!faults.headers.every((wanted) => matchesHeader(wanted, headers))) return 'continue';
    const { delay } = faults;
    if (delay && delay.ms > 0 && this.happens(delay.part)) {
      this.stream.info.responseFlags |= ResponseFlag.delayInjected;
      this.#cancelDelay = this.setting.after(delay.ms, () => {
        this.#cancelDelay = undefined;
        if (!this.aborts(faults)) this.stream.request.resume(this.index);
      });
      return 'stop';
    }
    return this.aborts(faults) ? 'stop' : 'continue';
  }

  /** True where it answered. */
  private aborts({ abort }: FaultPlan): boolean {
    if (!abort || !this.happens(abort.part)) return false;
    this.stream.info.responseFlags |= ResponseFlag.faultInjected;
    this.stream.localReply({
      // Envoy: to a plain request a gRPC status is a 200.
      ...plainReply(abort.grpc ? 200 : abort.status, 'fault_filter_abort', 'fault filter abort'),
      grpcStatus: abort.grpc ? abort.status : -1,
    });
    return true;
  }

  private happens(part: number): boolean {
    return part >= 1 || (part > 0 && this.setting.draw() < part);
  }
}

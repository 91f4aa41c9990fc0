import { createHash } from 'node:crypto';
import { lower } from './bytes.js';
import { SimulatorError } from './errors.js';
import { acceptRequest, type ConnectionManagerOptions, finishResponse } from './http/connection-manager.js';
import { isGrpcRequest } from './http/grpc-status.js';
import { HeaderMap } from './http/header-map.js';
import { HttpStream } from './http/http-stream.js';
import { plainReply } from './http/local-reply.js';
import type { StreamInfo } from './http/stream-info.js';
import { Trace } from './http/trace.js';
import type { LogLine } from './log.js';
import { SimResponse, UpstreamRequest, type UpstreamResponse } from './response.js';
import type { HostServices } from './vm/host-services.js';
import type { PluginHandle, PluginRuntime } from './vm/plugin-runtime.js';

/** One request as a test writes it. */
export interface RequestInput {
  method?: string;
  path?: string;
  authority?: string;
  /** A list keeps order and repeated names. Characters are bytes (latin1), as in node:http. */
  headers?: Record<string, string | string[]> | [string, string][];
  body?: string;
  /** The client, `address:port`. */
  peer?: string;
  /** The worker that takes it; else they take turns. */
  worker?: number;
}

interface Setting {
  services: HostServices;
  chain: readonly PluginRuntime[];
  worker: string;
  connection: ConnectionManagerOptions;
  upstream: (request: UpstreamRequest) => UpstreamResponse | number | Promise<UpstreamResponse | number>;
  properties: ReadonlyMap<string, Uint8Array>;
  connectionId: number;
}

const PEER_DEFAULT = '203.0.113.1:40000';
const LOCAL = '192.0.2.1:8080';
const INBOUND = 1;

export function headerList(headers: RequestInput['headers']): [string, string][] {
  const list = Array.isArray(headers)
    ? headers
    : Object.entries(headers ?? {}).flatMap(([name, value]) =>
        [value].flat().map((one): [string, string] => [name, one]),
      );
  for (const [name, value] of list) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: bytes are what is checked
    if (/[^\x00-\xff]/.test(name + value))
      throw new SimulatorError(
        'bad_input',
        `header ${name}: characters are bytes; encode text beyond latin1 as UTF-8 first`,
      );
  }
  return list;
}

/** A request id that is the same in every run. */
function requestIdOf(count: number): string {
  const hex = createHash('sha256').update(`request ${count}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Drives one request from its first byte to on_delete. */
export async function runExchange(input: RequestInput, setting: Setting): Promise<SimResponse> {
  const { services } = setting;
  const log: LogLine[] = [];
  const stopListening = services.log.listen((line) => log.push(line));
  try {
    return await new Exchange(input, setting, log).run();
  } finally {
    stopListening();
  }
}

class Exchange {
  readonly #trace = new Trace(true);
  readonly #info: StreamInfo;
  readonly #stream: HttpStream;
  readonly #body: string;
  #answer: { headers: HeaderMap; body: string | undefined } | undefined;
  #reset = false;
  #held = false;
  #forwarded: UpstreamRequest | undefined;
  #upstreamBody = '';

  constructor(
    input: RequestInput,
    private readonly setting: Setting,
    private readonly log: LogLine[],
  ) {
    const { services, worker } = setting;
    this.#body = input.body ?? '';
    const method = input.method ?? 'GET';
    const headers = HeaderMap.request([
      [':authority', input.authority ?? 'localhost'],
      [':path', input.path ?? '/'],
      [':method', method],
      [':scheme', 'http'],
      ...headerList(input.headers),
    ]);
    if (this.#body !== '' && !headers.has('content-length')) headers.add('content-length', String(this.#body.length));
    this.#info = {
      startWallNs: services.clock.wallNs(),
      startMonotonicNs: services.clock.monotonicNs(),
      protocol: 'HTTP/1.1',
      peer: input.peer ?? PEER_DEFAULT,
      local: LOCAL,
      connectionId: setting.connectionId,
      upstreamAttempts: 0,
      responseFlags: 0,
      requestBytes: 0,
      responseBytes: 0,
      grpc: isGrpcRequest(headers),
      head: method === 'HEAD',
      requestHeaders: headers,
      filterState: new Map(),
      listener: { direction: INBOUND, filterChainName: '' },
      overrides: setting.properties,
    };
    const handles = setting.chain
      .map((plugin) => plugin.take(worker))
      .filter((handle): handle is PluginHandle | 'closed' => handle !== 'open');
    this.#stream = new HttpStream(
      {
        selectRoute: () => ({ clusterName: 'upstream', virtualHostName: 'upstream', routeName: '' }),
        forward: (forwarded) => this.forward(forwarded),
        respond: (answer, body) => {
          finishResponse(answer, setting.connection, services.clock);
          this.#answer = { headers: answer, body };
        },
        holdBody: () => {
          this.#held = true;
        },
        reset: () => {
          this.#reset = true;
        },
      },
      this.#info,
      this.#trace,
      services.clock,
      handles,
    );
  }

  async run(): Promise<SimResponse> {
    const { connection, connectionId } = this.setting;
    const headers = this.#info.requestHeaders;
    const refusal = acceptRequest(headers, this.#info.peer, connection, () => requestIdOf(connectionId));
    if (refusal) this.#stream.localReply(plainReply(refusal.status, refusal.details));
    else this.#stream.start(headers, this.#body === '');
    if (this.#forwarded && !this.#stream.over && !this.#stream.responseStarted) await this.askUpstream(this.#forwarded);
    if ((this.#stream.paused || this.#held) && !this.#reset) {
      const what = this.#held
        ? 'was continued inside its own callback, which then answered Stop: the body stays behind'
        : 'was stopped by a filter';
      throw new SimulatorError('stream_paused', `the stream ${what}, and nothing is left that could resume it`, {
        details: this.#trace.lines,
      });
    }
    this.#stream.end();
    return this.response();
  }

  private forward(headers: HeaderMap): void {
    this.#info.upstreamAttempts = 1;
    this.#info.requestBytes = this.#body.length;
    const ordinary = headers.entries
      .filter(([name]) => !name.startsWith(':'))
      .map(([name, value]): [string, string] => [name, value]);
    const pseudo = (name: string) => headers.first(name) ?? '';
    this.#forwarded = new UpstreamRequest(
      pseudo(':method'),
      pseudo(':path'),
      pseudo(':authority'),
      ordinary,
      this.#body,
    );
  }

  private async askUpstream(request: UpstreamRequest): Promise<void> {
    const answered = await this.setting.upstream(request);
    const { status = 200, headers = [], body = '' } = typeof answered === 'number' ? { status: answered } : answered;
    const map = HeaderMap.response([[':status', String(status)], ...headerList(headers)]);
    if (!map.has('content-length') && !map.has('transfer-encoding')) map.add('content-length', String(body.length));
    map.set('x-envoy-upstream-service-time', '0');
    this.#upstreamBody = this.#info.head ? '' : body;
    this.#info.upstream = { address: '192.0.2.2:80', localAddress: '192.0.2.1:50000' };
    this.#info.backendLatencyNs = 0n;
    this.#stream.upstreamResponse(map, this.#upstreamBody === '');
    if (this.#answer?.body === undefined) this.#info.responseBytes = this.#upstreamBody.length;
  }

  private response(): SimResponse {
    const { headers, body } = this.#answer ?? { headers: HeaderMap.response(), body: '' };
    const reply = this.#stream.localReplyDetails;
    const listed = headers.entries
      .filter(([name]) => !name.startsWith(':'))
      .map(([name, value]): [string, string] => [lower(name), value]);
    return new SimResponse(
      this.#reset ? 0 : Number(headers.first(':status') ?? 0),
      listed,
      this.#reset ? '' : (body ?? this.#upstreamBody),
      this.#forwarded,
      reply && { details: reply.details, grpcStatus: reply.grpcStatus },
      this.#reset,
      this.log,
      this.#trace.lines,
    );
  }
}

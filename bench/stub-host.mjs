// A host of stubs around a filter, in V8 as Envoy starts it: what runs is the filter's own code. It answers as Envoy would, and
// counts what it is asked.
import { env } from './policies.mjs';

const encoder = new TextEncoder();
const ADDRESS = encoder.encode('127.0.0.1:40000');
const OK = 0;
const NOT_FOUND = 1;
const CAS_MISMATCH = 8;
const LOG_LEVEL_WARN = 3;

/**
 * A module before its configuration. `calls` are the host calls so far by name, where `count` is set; `env` are variables beside
 * those of the bench.
 */
export class StubHost {
  calls = new Map();
  refused = false;
  #shared = new Map();
  #writes = 0;
  #maps;
  #configuration;
  #exports;
  #view;
  #bytes;
  #variables;
  #nextStream = 2;

  constructor(module, configuration, { headers = {}, count = false, env: more = {} } = {}) {
    this.#configuration = configuration;
    this.#variables = Object.entries({ ...env, ...more }).map(([name, value]) => encoder.encode(`${name}=${value}\0`));
    const response = [
      [':status', '200'],
      ['date', 'Thu, 01 Jan 2026 00:00:00 GMT'],
      ['server', 'envoy'],
    ];
    this.#maps = [StubHost.requestWith(headers), mapOf([]), mapOf(response)];
    const host = this.#calls();
    const imports = {};
    for (const { module: area, name } of WebAssembly.Module.imports(module)) {
      imports[area] ??= {};
      imports[area][name] = count ? this.#counted(name, host[name]) : (host[name] ?? (() => OK));
    }
    this.#exports = new WebAssembly.Instance(module, imports).exports;
    this.#see();
    this.#exports._initialize?.();
  }

  /** A request's headers as `request` takes them: made beforehand, so that the time is the filter's. */
  static requestWith(headers) {
    return mapOf([
      [':authority', '127.0.0.1:10000'],
      [':path', '/'],
      [':method', 'GET'],
      [':scheme', 'http'],
      ['user-agent', 'h2load nghttp2/1.59.0'],
      ...Object.entries(headers),
      ['x-forwarded-for', '127.0.0.1'],
      ['x-forwarded-proto', 'http'],
      ['x-request-id', '3d7a4d0a-32c5-4a2c-9f5b-31d2ab3efabd'],
    ]);
  }

  /** Takes the configuration in; returns how long that took, in ms. */
  configure() {
    this.#exports.proxy_on_context_create?.(1, 0);
    const started = performance.now();
    const configure = this.#exports.proxy_on_configure;
    if (configure && configure(1, this.#configuration.length) !== 1) throw new Error('refused');
    return performance.now() - started;
  }

  /** One request and its answer, with the callbacks that the module has; with other headers than before where they are given. */
  request(headers) {
    const filter = this.#exports;
    if (headers) this.#maps[0] = headers;
    const stream = this.#nextStream++;
    filter.proxy_on_context_create?.(stream, 1);
    filter.proxy_on_request_headers?.(stream, 9, 1);
    if (!this.refused) filter.proxy_on_response_headers?.(stream, 3, 1);
    filter.proxy_on_done?.(stream);
    filter.proxy_on_log?.(stream);
    filter.proxy_on_delete?.(stream);
  }

  get memoryBytes() {
    return this.#exports.memory.buffer.byteLength;
  }

  #counted(name, call = () => OK) {
    return (...args) => {
      this.calls.set(name, (this.calls.get(name) ?? 0) + 1);
      return call(...args);
    };
  }

  #see() {
    const { buffer } = this.#exports.memory;
    if (this.#view?.buffer === buffer) return;
    this.#view = new DataView(buffer);
    this.#bytes = new Uint8Array(buffer);
  }

  #give(bytes, at, size) {
    const to = this.#exports.proxy_on_memory_allocate(bytes.length);
    this.#see();
    this.#bytes.set(bytes, to);
    this.#view.setUint32(at, to, true);
    this.#view.setUint32(size, bytes.length, true);
    return OK;
  }

  #text(at, length) {
    this.#see();
    let text = '';
    for (let i = 0; i < length; i++) text += String.fromCharCode(this.#bytes[at + i]);
    return text;
  }

  #set32(at, value) {
    this.#see();
    this.#view.setUint32(at, value, true);
    return OK;
  }

  #set64(at, value) {
    this.#see();
    this.#view.setBigUint64(at, value, true);
    return OK;
  }

  #calls() {
    let now = 0n;
    const wall = BigInt(Date.now()) * 1_000_000n;
    const clock = (id, at) => {
      now += 1000n;
      return this.#set64(at, id === 0 ? wall + now : now);
    };
    return {
      proxy_get_buffer_bytes: (_type, _start, _most, at, size) => this.#give(this.#configuration, at, size),
      proxy_get_header_map_pairs: (map, at, size) => this.#give(this.#maps[map].pairs, at, size),
      proxy_get_header_map_value: (map, key, length, at, size) => {
        const value = this.#maps[map].values.get(this.#text(key, length));
        return value ? this.#give(value, at, size) : NOT_FOUND;
      },
      proxy_get_property: (path, length, at, size) =>
        this.#text(path, length) === 'source\0address' ? this.#give(ADDRESS, at, size) : NOT_FOUND,
      proxy_get_current_time_nanoseconds: (at) => clock(0, at),
      clock_time_get: (id, _precision, at) => clock(id, at),
      proxy_get_shared_data: (key, length, at, size, cas) => {
        const entry = this.#shared.get(this.#text(key, length));
        if (!entry) return NOT_FOUND;
        this.#set32(cas, entry.cas);
        return this.#give(entry.value, at, size);
      },
      proxy_set_shared_data: (key, length, at, size, cas) => {
        const name = this.#text(key, length);
        const entry = this.#shared.get(name);
        if (entry && cas && cas !== entry.cas) return CAS_MISMATCH;
        this.#shared.set(name, { value: this.#bytes.slice(at, at + size), cas: ++this.#writes });
        return OK;
      },
      proxy_define_metric: (_type, _name, _length, at) => this.#set32(at, 4),
      proxy_get_log_level: (at) => this.#set32(at, LOG_LEVEL_WARN),
      proxy_send_local_response: () => {
        this.refused = true;
        return OK;
      },
      environ_sizes_get: (count, size) => {
        this.#set32(count, this.#variables.length);
        return this.#set32(
          size,
          this.#variables.reduce((sum, { length }) => sum + length, 0),
        );
      },
      environ_get: (at, to) => {
        let next = to;
        for (const [i, variable] of this.#variables.entries()) {
          this.#set32(at + 4 * i, next);
          this.#bytes.set(variable, next);
          next += variable.length;
        }
        return OK;
      },
    };
  }
}

/** A header map as the host hands it over: count, sizes, then names and values with a NUL behind each. */
function mapOf(headers) {
  const sizes = new Uint32Array([headers.length, ...headers.flatMap(([name, value]) => [name.length, value.length])]);
  const texts = encoder.encode(headers.map(([name, value]) => `${name}\0${value}\0`).join(''));
  const pairs = Buffer.concat([new Uint8Array(sizes.buffer), texts]);
  return { pairs, values: new Map(headers.map(([name, value]) => [name, encoder.encode(value)])) };
}

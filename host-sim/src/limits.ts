// Envoy's own limits; a filter that passes here with more would fail there.

/** Decoding header pairs: more than this reads as an empty list. */
export const PAIRS_BYTES_MAX = 1024 * 1024;
export const PAIRS_COUNT_MAX = 1024;
/** random_get beyond this answers EINVAL. */
export const RANDOM_BYTES_MAX = 64 * 1024;
/** Request heads beyond this are 431 before any filter. */
export const REQUEST_HEADER_BYTES_MAX = 60 * 1024;
export const REQUEST_HEADERS_MAX = 100;
/** An upstream's head beyond this is no answer: 502 (protocol error) over HTTP/1, 503 (remote reset) over HTTP/2. */
export const RESPONSE_HEADER_BYTES_MAX = 80 * 1024;
export const RESPONSE_HTTP2_HEADER_BYTES_MAX = 60 * 1024;
/** Body bytes that filters may hold back; more is 413, or a cut response. Envoy's per_connection_buffer_limit_bytes. */
export const BODY_BUFFER_BYTES_MAX = 1024 * 1024;

/** A VM's memory, in pages of 64 KiB: 1 GiB. */
export const MEMORY_PAGES_MAX = 16_384;

// The simulator's own limits.

/** Heads of loops and functions that one callback may pass; Envoy has no such limit, a filter that loops hangs its worker. */
export const CALLBACK_STEPS_MAX = 500_000_000;

/** Host calls that one callback may make. At a few microseconds each a loop of them ends within seconds. */
export const CALLBACK_HOST_CALLS_MAX = 250_000;

/** Log lines kept by a Host; older ones go first. */
export const LOG_LINES_MAX = 100_000;
/** Lines of one stream's trace; a filter that loops over host calls must not fill memory. */
export const TRACE_LINES_MAX = 10_000;
/** Modules kept compiled in one process; the one that was loaded longest ago goes first. */
export const MODULES_KEPT_MAX = 32;
/** Worker threads of one Host or Gateway: each is a VM with its own memory. */
export const WORKERS_MAX = 64;
/** Of requests that wait for the answer to the one before on their connection. Envoy would just not read on; nobody sends so many. */
export const PIPELINED_MAX = 1024;

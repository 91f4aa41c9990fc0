// What a spec of as-pect says to the simulator's host (`aspectHost` of @tollgate/host-sim/aspect). Each function has done all of it when
// it returns: the callbacks of the filter have run, in this very instance.

/** Configures the filter with this text, as a plugin of Envoy; false: it was refused. Needed before the first request. */
// @ts-ignore: decorator
@external('sim', 'configure')
export declare function configure(config: string): bool;

// @ts-ignore: decorator
@external('sim', 'request')
declare function sendRequest(head: string, body: string): i32;

/**
 * Sends a request through the filter and, if it gets that far, to the upstream. `head` is `METHOD path` and, a line each,
 * `name: value`. Gives the status that the client got; 0: its stream was cut; -1: the filter holds it.
 */
export function request(head: string, body: string = ''): i32 {
  return sendRequest(head, body);
}

// @ts-ignore: decorator
@external('sim', 'answer')
declare function setAnswer(status: i32, head: string, body: string): void;

/** What answers behind the filter from now on (at first 200 without a body). `head`: a line `name: value` each. */
export function answer(status: i32, head: string = '', body: string = ''): void {
  setAnswer(status, head, body);
}

// @ts-ignore: decorator
@external('sim', 'callout')
declare function setCallout(cluster: string, status: i32, body: string): void;

/** What answers the filter's own HTTP calls to a cluster; only clusters named so exist. */
export function callout(cluster: string, status: i32, body: string = ''): void {
  setCallout(cluster, status, body);
}

/** Lets so many milliseconds pass; ticks and timeouts that fall due run at their own moments. */
// @ts-ignore: decorator
@external('sim', 'advance')
export declare function advance(ms: i32): void;

/** What the last request has come to by now, as `request` gives it. */
// @ts-ignore: decorator
@external('sim', 'status')
export declare function status(): i32;

/** The first value of a header of the last answer; null: there is none. */
// @ts-ignore: decorator
@external('sim', 'header')
export declare function header(name: string): string | null;

/** The body of the last answer. */
// @ts-ignore: decorator
@external('sim', 'body')
export declare function body(): string;

/** Whether the last request reached the upstream. */
// @ts-ignore: decorator
@external('sim', 'forwarded')
export declare function forwarded(): bool;

/** The first value of a header that reached the upstream with the last request; null: there is none. */
// @ts-ignore: decorator
@external('sim', 'upstreamHeader')
export declare function upstreamHeader(name: string): string | null;

/** A counter's or gauge's value; 0 when nobody defined it. */
// @ts-ignore: decorator
@external('sim', 'metric')
export declare function metric(name: string): i64;

/** What was logged so far, a line `[level] plugin: text` each. */
// @ts-ignore: decorator
@external('sim', 'log')
export declare function log(): string;

/** Callbacks and host calls of the last request, a line each. */
// @ts-ignore: decorator
@external('sim', 'conversation')
export declare function conversation(): string;

import type { Crash } from '@tollgate/host-sim';

/**
 * The crash of a filter that Envoy tells in its log, its newlines escaped:
 *
 *   Function: proxy_on_request_headers failed: Uncaught RuntimeError: unreachable\nProxy-Wasm plugin in-VM backtrace:\n  0:  0x192 - input/inner
 */
export function crashIn(message: string): Crash | undefined {
  const [first = '', ...backtrace] = message.split('\\n');
  const [, callback, reason] = /^Function: (\w+) failed: (.*)$/.exec(first) ?? [];
  if (callback === undefined || reason === undefined) return undefined;
  const functions = backtrace.flatMap((frame) => /^ *\d+: +0x[0-9a-f]+ - (.*)$/.exec(frame)?.[1] ?? []);
  // Envoy says neither whose function it was nor on which thread.
  return { plugin: '', thread: '', callback, reason, functions };
}

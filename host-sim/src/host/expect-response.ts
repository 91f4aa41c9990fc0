import assert from 'node:assert/strict';
import type { LogLevel } from '../process/log.js';
import type { SimResponse } from './response.js';

/** What is expected of a header: a value, a pattern, or null where it must not be there. */
export type ExpectedHeader = string | RegExp | null;

/**
 * Says what a response must be. Whatever is not so fails with an AssertionError that shows the whole conversation of the
 * stream: each callback and host call with its arguments and result. It works in any test runner.
 *
 * @example
 * expectResponse(await sim.request()).status(401).header('www-authenticate', /^Bearer/).notForwarded();
 */
export function expectResponse(response: SimResponse): ResponseExpectation {
  return new ResponseExpectation(response);
}

export class ResponseExpectation {
  constructor(private readonly response: SimResponse) {}

  status(expected: number): this {
    const { status, reset } = this.response;
    return this.same('status', reset ? 'none, the stream was cut' : status, expected);
  }

  /** The first value of a header. */
  header(name: string, expected: ExpectedHeader): this {
    return this.text(`header ${name}`, this.response.header(name), expected);
  }

  /** All values of a header, in order. */
  headers(name: string, expected: string[]): this {
    return this.same(`headers ${name}`, this.response.headerAll(name), expected);
  }

  body(expected: string | RegExp): this {
    return this.text('body', this.response.body, expected);
  }

  /** A value in a JSON body, deeply equal. */
  json(expected: unknown): this {
    let found: unknown;
    try {
      found = JSON.parse(this.response.body);
    } catch {
      this.fail(`body: expected JSON, it was ${shown(this.response.body)}`, this.response.body, expected);
    }
    return this.same('body', found, expected);
  }

  trailer(name: string, expected: ExpectedHeader): this {
    const found = this.response.trailers.find(([other]) => other === name.toLowerCase())?.[1];
    return this.text(`trailer ${name}`, found, expected);
  }

  /** The filter answered itself, with these details where they are given. */
  localReply(details?: string | RegExp): this {
    const { localReply } = this.response;
    if (!localReply) this.fail('expected a local reply, the upstream answered', undefined, details ?? 'a local reply');
    return details === undefined ? this : this.text('details of the local reply', localReply?.details, details);
  }

  /** The request got to the upstream, and like this. */
  upstream(
    expected: {
      method?: string;
      path?: string | RegExp;
      body?: string | RegExp;
      headers?: Record<string, ExpectedHeader>;
    } = {},
  ): this {
    const { upstream } = this.response;
    if (!upstream) this.fail('expected the request to reach the upstream, it did not', undefined, 'a request');
    const { method, path, body, headers = {} } = expected;
    if (method !== undefined) this.same('method upstream', upstream?.method, method);
    if (path !== undefined) this.text('path upstream', upstream?.path, path);
    if (body !== undefined) this.text('body upstream', upstream?.body, body);
    for (const [name, value] of Object.entries(headers))
      this.text(`header ${name} upstream`, upstream?.header(name), value);
    return this;
  }

  /** The request did not get to the upstream. */
  notForwarded(): this {
    const { upstream } = this.response;
    if (upstream) this.fail('expected the request not to reach the upstream, it did', upstream.path, undefined);
    return this;
  }

  /** A line was logged while the request was on its way. */
  logged(level: LogLevel, message: string | RegExp): this {
    const lines = this.response.log.map((line) => `${line.level}: ${line.message}`);
    const found = this.response.log.some(
      (line) =>
        line.level === level && (typeof message === 'string' ? line.message === message : message.test(line.message)),
    );
    if (!found)
      this.fail(`expected the log line ${level}: ${message}, there were ${shown(lines)}`, lines, String(message));
    return this;
  }

  /** The stream was cut: there is no whole answer. */
  reset(): this {
    if (!this.response.reset)
      this.fail(`expected the stream to be cut, the answer was ${this.response.status}`, false, true);
    return this;
  }

  private text(what: string, found: string | undefined, expected: ExpectedHeader): this {
    if (expected instanceof RegExp) {
      if (found === undefined || !expected.test(found))
        this.fail(`${what}: expected ${expected}, it was ${shown(found)}`, found, expected);
      return this;
    }
    return this.same(what, found, expected ?? undefined);
  }

  private same(what: string, found: unknown, expected: unknown): this {
    try {
      assert.deepEqual(found, expected);
    } catch {
      this.fail(`${what}: expected ${shown(expected)}, it was ${shown(found)}`, found, expected);
    }
    return this;
  }

  private fail(message: string, actual: unknown, expected: unknown): never {
    const lines = ['the conversation of the stream:', ...this.response.trace.map((line) => `  ${line}`)];
    throw new assert.AssertionError({ message: [message, '', ...lines].join('\n'), actual, expected });
  }
}

const shown = (value: unknown): string => (value === undefined ? 'absent' : JSON.stringify(value));

import { SimulatorError } from '../errors.js';
import type { BodyInput } from './response.js';

/** One request as a test writes it. */
export interface RequestInput {
  method?: string;
  path?: string;
  authority?: string;
  /** A list keeps order and repeated names. Characters are bytes (latin1), as in node:http. */
  headers?: Record<string, string | string[]> | [string, string][];
  /** A list arrives piece by piece, each in a callback of its own where the filter takes it. */
  body?: BodyInput;
  trailers?: Record<string, string | string[]> | [string, string][];
  /** The client goes away after that many pieces of the body. */
  resetAfter?: number;
  /** The client, `address:port`. */
  peer?: string;
  /** Cut the body into pieces at places that the host's seed chooses. */
  cut?: boolean;
  /** The worker that takes it, or `any` for one that the host's seed chooses; else they take turns. */
  worker?: number | 'any';
}

/** Headers as a list, whichever way the test wrote them. */
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

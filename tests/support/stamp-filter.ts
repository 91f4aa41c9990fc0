import { compileFilter } from '../../tools/build-filters.mjs';

const entry = 'stamp/index.ts';

/** Written with our SDK: says of each request that it was here, and traps where it is asked to. */
const source = `
import { Action, Arena, Decoder, HttpFilter, Slice, Value, environment, make, requestHeaders } from 'proxy-wasm';

@unmanaged
class Settings {
  name: Slice;
  /** What an environment variable held. */
  found: Slice | null;
}

@filter
class Stamp extends HttpFilter<Settings> {
  static configure(decoder: Decoder, value: Value | null): Settings {
    const settings = make<Settings>(decoder.arena);
    const object = decoder.object(value);
    settings.name = decoder.name(decoder.required(object, 'name'));
    const variable = decoder.optional(object, 'variable');
    settings.found = variable ? environment(decoder.arena, decoder.name(variable)) : null;
    decoder.end(object);
    return settings;
  }

  onRequestHeaders(count: u32, endOfStream: bool): Action {
    const settings = this.configuration;
    const trap = requestHeaders.first('x-trap');
    if (trap && trap.equals(settings.name)) unreachable();
    requestHeaders.add('x-stamps', settings.name);
    const found = settings.found;
    if (found) requestHeaders.add('x-found', found);
    return Action.CONTINUE;
  }
}
`;

let built: Promise<Uint8Array> | undefined;

export function stampFilter(): Promise<Uint8Array> {
  built ??= compileFilter(entry, ['--outFile', 'stamp.wasm', '-O1'], source);
  return built;
}

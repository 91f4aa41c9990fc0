import { pluginConfiguration } from '../hostcalls/configuration';
import { Level, log } from '../hostcalls/log';
import { Decoder } from '../json/decoder';
import { Value } from '../json/value';
import { Arena, discard, heapArena } from '../memory/arena';
import { Slice } from '../bytes/slice';
import { Writer } from '../bytes/writer';
import { request } from '../memory/request';
import { deleteGoneRoots, putInForce } from './root';

/** Larger texts are refused by the host's allocation limit anyway; this way the log says so. */
const CONFIGURATION_BYTES_MAX: u32 = 8 * 1024 * 1024;

/** Reads a configuration in JSON; null, or a mistake that the decoder was told of, refuses it. */
type Configure = (decoder: Decoder, value: Value | null) => usize;
/** The same of a text of any other form. What is kept of it must be copied to the arena. */
type ConfigureText = (arena: Arena, text: Slice) => usize;

/**
 * `proxy_on_configure` for JSON: 1 if the configuration is in force, 0 if the one before stays. An empty text counts as
 * `{}`.
 */
export function configured(root: u32, length: u32, configure: Configure): u32 {
  // First, so that the memory of what was replaced before serves what comes now.
  deleteGoneRoots(root);
  const text = textOf(length);
  if (!text) return 0;
  const arena = heapArena();
  const decoder = Decoder.in(arena);
  if (arena.adopts(request, text.at)) decoder.keeps(text);
  const settings = configure(decoder, decoder.parse(text.at, text.length));
  const mistake = decoder.mistake;
  if (mistake) refuse(mistake);
  decoder.discard();
  return putInForceOrDiscard(root, mistake ? 0 : settings, arena);
}

/** The same for any other text. `configure` returns 0 to refuse it. */
export function configuredByText(root: u32, length: u32, configure: ConfigureText): u32 {
  deleteGoneRoots(root);
  const text = textOf(length);
  if (!text) return 0;
  const arena = heapArena();
  return putInForceOrDiscard(root, configure(arena, text), arena);
}

function textOf(length: u32): Slice | null {
  if (!length) return '{}';
  let text: Slice | null = null;
  if (length <= CONFIGURATION_BYTES_MAX) text = pluginConfiguration(length);
  if (!text) refuse('$: is larger than 8 MiB, or cannot be read from the host');
  return text;
}

function putInForceOrDiscard(root: u32, settings: usize, arena: Arena): u32 {
  if (!settings) {
    discard(arena);
    return 0;
  }
  putInForce(root, settings, arena);
  return 1;
}

function refuse(mistake: Slice): void {
  log(Level.ERROR, Writer.in(request).text('configuration: ').text(mistake).done());
}

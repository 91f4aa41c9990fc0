import { readFileSync } from 'node:fs';
import asc from 'assemblyscript/asc';

const EMPTY_CALLBACKS =
  'export function proxy_abi_version_0_2_1(): void {}\nexport function proxy_on_memory_allocate(n: usize): usize { return heap.alloc(n) }\n';

/** Compiles AssemblyScript text to a module, with the flags that filters need. */
export async function compile(
  source: string,
  flags = ['--use', 'abort=module/abort', '--exportStart', '_initialize'],
): Promise<Uint8Array> {
  let wasm: Uint8Array | undefined;
  const { error, stderr } = await asc.main(
    ['module.ts', '--runtime', 'stub', '-O', '--outFile', 'module.wasm', ...flags],
    {
      readFile: (name) => (name === 'module.ts' ? source : null),
      writeFile: (_name, contents) => {
        wasm = contents as Uint8Array;
      },
      listFiles: () => [],
    },
  );
  if (error || !wasm) throw new Error(stderr.toString());
  return wasm;
}

/** The smallest module that Envoy loads, plus `source`. */
export const compileMinimal = (source: string, flags?: string[]): Promise<Uint8Array> =>
  compile(
    `${EMPTY_CALLBACKS}export function abort(m: usize, f: usize, l: u32, c: u32): void { unreachable() }\n${source}`,
    flags,
  );

const probeText = () => readFileSync(new URL('./probe.as', import.meta.url), 'utf8');
let probe: Promise<Uint8Array> | undefined;
let streamProbe: Promise<Uint8Array> | undefined;

/** The filter that does what the x-do-req, x-do-res … headers of a request say and logs each call with its status. */
export const compileProbe = (): Promise<Uint8Array> =>
  (probe ??= compile(
    probeText().replace(/^export (?=function proxy_on_\w+_(body|trailers|tick|ready|call_response)\b)/gm, ''),
  ));

/** The same with all callbacks: bodies, trailers, ticks, queues, callouts. */
export const compileStreamProbe = (): Promise<Uint8Array> => (streamProbe ??= compile(probeText()));

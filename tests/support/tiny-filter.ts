import asc from 'assemblyscript/asc';

/** Compiles a filter that a test writes as AssemblyScript, without the SDK: the few lines that make it one are added. */
export async function tinyFilter(body: string, { debug = false } = {}): Promise<Uint8Array> {
  const source = `
    export function proxy_abi_version_0_2_1(): void {}
    export function proxy_on_memory_allocate(size: usize): usize { return heap.alloc(size); }
    ${body}`;
  const { binary, stderr } = await asc.compileString(source, {
    runtime: 'stub',
    exportStart: '_initialize',
    // Without it abort is an import, which Envoy does not have.
    use: ['abort='],
    debug,
  });
  if (!binary) throw new Error(stderr.toString());
  return binary;
}

/** In place of the governance filter in a compiled bootstrap. */
export async function tinyModule(body: string, options = {}): Promise<{ inlineBase64: string }> {
  return { inlineBase64: Buffer.from(await tinyFilter(body, options)).toString('base64') };
}

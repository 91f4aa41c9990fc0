import type { Bootstrap } from '@tollgate/envoy';
import type { Tree } from './difference.js';

/** A bootstrap as a reviewer reads it: the filter's configuration as a tree, its module by what it exports. */
export function readable(bootstrap: Bootstrap): Tree {
  return JSON.parse(JSON.stringify(bootstrap), (name, value) => {
    if (name === 'configuration' && value?.value?.startsWith('{')) return JSON.parse(value.value);
    // Base64 of the four bytes with which a module begins; an answer's body stays as it is.
    if (name === 'inline_bytes' && value.startsWith('AGFzb'))
      return { exports: exportsOf(Buffer.from(value, 'base64')) };
    return value;
  });
}

/** The callbacks that Envoy calls in a module. */
function exportsOf(bytes: Uint8Array<ArrayBuffer>): string[] {
  return WebAssembly.Module.exports(new WebAssembly.Module(bytes))
    .map(({ name }) => name)
    .filter((name) => name.startsWith('proxy_'))
    .sort();
}

import { z } from 'zod';
import { written } from '../schema.js';

/** Where a plugin's module is. `file` is relative to the policy's place; `inline` is what was read there, in base64. */
export type PluginCode = ({ file: string } | { uri: string } | { inline: string }) & { sha256?: string };

/** Istio's: `file://` stands before a path as it is, absolute or not. */
const fileScheme = 'file://';

/** A user name or a fragment would be lost without a word. */
const webForm = /^https?:\/\/([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:\d{1,5})?(\/[\x21\x24-\x7e]*)?$/;

export const moduleUrl = z
  .string(written('where the module is, for example file://filters/mine.wasm'))
  .max(2048)
  .superRefine((url, context) => {
    const message = problemOf(url);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  });

/** Of a url that is right. */
export function pluginCode(url: string): { file: string } | { uri: string } {
  return url.startsWith(fileScheme) ? { file: url.slice(fileScheme.length) } : { uri: url };
}

function problemOf(url: string): string | undefined {
  if (url === '') return 'is empty, write for example file://filters/mine.wasm';
  if (url.startsWith(fileScheme)) {
    const path = url.slice(fileScheme.length);
    if (path === '' || path.endsWith('/')) return `"${url}" names no file, write for example file://filters/mine.wasm`;
    return path.includes('\0') ? 'contains a zero byte, which no path has' : undefined;
  }
  if (/^https?:\/\//.test(url)) {
    if (webForm.test(url) && URL.canParse(url)) return undefined;
    return `"${url}" is not the address of a module, write for example https://modules.example/mine.wasm`;
  }
  const [, scheme] = /^([A-Za-z][A-Za-z0-9+.-]*):\/\//.exec(url) ?? [];
  if (scheme?.toLowerCase() === 'oci')
    return `"${url}" is an OCI image, which is not in this release yet: write file://<path> of the module, or https://<host>/<path> with its sha256`;
  if (scheme === undefined && /^file:/i.test(url)) return `"${url}" is not a file’s url, write file://${url.slice(5)}`;
  if (scheme === undefined)
    return `"${url}" has no scheme, so Istio takes it for an OCI image, which is not in this release yet: write file://${url} for a file, or https://<host>/<path> with its sha256`;
  return `"${scheme}" is not a scheme for modules, write file:// or https://`;
}

// The transform as filters get it. Warnings change nothing in a module, so they stand apart from what does: filters need not be
// built again when they change (tools/build-filters.mjs).
import { patchCompiler } from './compiler.js';
import ProxyWasmTransform from './index.js';
import { warnings } from './warnings.mjs';

export default class extends ProxyWasmTransform {
  afterInitialize() {
    patchCompiler(warnings);
  }
}

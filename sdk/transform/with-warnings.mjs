// The transform as filters get it. Warnings change nothing in a module, so they stand apart from what does: filters need not be
// built again when they change (tools/build-filters.mjs).
import ProxyWasmTransform from './index.js';
import { warnOfWhatIsNeverFreed } from './warnings.mjs';

export default class extends ProxyWasmTransform {
  afterInitialize() {
    super.afterInitialize();
    warnOfWhatIsNeverFreed();
  }
}

// The SDK's compiler transform: asc … --transform proxy-wasm/transform
import { exportFilters } from './filter.js';
import { installLiterals } from './literals.js';
import { layOutLazily } from './static-memory.js';

export default class ProxyWasmTransform {
  afterParse(parser) {
    exportFilters(this.program, parser);
    layOutLazily(this.program);
  }

  afterInitialize() {
    installLiterals();
  }
}

// The SDK's compiler transform: asc … --transform proxy-wasm/transform
import { patchCompiler } from './compiler.js';
import { refuseInside } from './door.js';
import { exportFilters } from './filter.js';
import { layOutLazily } from './static-memory.js';

export default class ProxyWasmTransform {
  afterParse(parser) {
    refuseInside(this.program, parser);
    exportFilters(this.program, parser);
    layOutLazily(this.program);
  }

  afterInitialize() {
    patchCompiler();
  }
}

/** The compiler transform that filters need: `asc … --transform proxy-wasm/transform`. */
export default class ProxyWasmTransform {
  afterParse(parser: unknown): void;
  afterInitialize(): void;
}

// Filters import from 'proxy-wasm' alone. The files behind it are the SDK's own and move as it changes.
import { DiagnosticCode, NodeKind, SourceKind } from 'assemblyscript';

const INSIDE = '~lib/proxy-wasm/';
const MESSAGE = "Import it from 'proxy-wasm': filters cannot import the SDK's own files";

export function refuseInside(program, parser) {
  for (const { sourceKind, statements } of program.sources) {
    if (sourceKind !== SourceKind.User && sourceKind !== SourceKind.UserEntry) continue;
    for (const { kind, path, internalPath } of statements)
      if ((kind === NodeKind.Import || kind === NodeKind.Export) && internalPath?.startsWith(INSIDE))
        parser.error(DiagnosticCode.User_defined_0, path.range, MESSAGE);
  }
}

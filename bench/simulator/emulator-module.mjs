// What the Go SDK's emulator needs to take a module: it lacks proxy_get_log_level, which our filters import.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const require = createRequire(createRequire(import.meta.url).resolve('assemblyscript/package.json'));
const WARN = 3;

/** The same module, in which proxy_get_log_level is a function of its own, which answers as Envoy does at level warn. */
export async function withOwnLogLevel(bytes) {
  const { default: binaryen } = await import(pathToFileURL(require.resolve('binaryen')).href);
  const module = binaryen.readBinary(bytes);
  module.setFeatures(binaryen.Features.All);
  const functions = Array.from({ length: module.getNumFunctions() }, (_, index) =>
    binaryen.getFunctionInfo(module.getFunctionByIndex(index)),
  );
  const imported = functions.find(({ base }) => base === 'proxy_get_log_level');
  if (!imported) throw new Error('the module does not import proxy_get_log_level');
  const { name, params, results } = imported;
  module.removeFunction(name);
  const body = [module.i32.store(0, 4, module.local.get(0, binaryen.i32), module.i32.const(WARN)), module.i32.const(0)];
  module.addFunction(name, params, results, [], module.block(null, body, binaryen.i32));
  if (!module.validate()) throw new Error('the module is not valid any more');
  const changed = module.emitBinary();
  module.dispose();
  return changed;
}

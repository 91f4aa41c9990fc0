// Static memory that nobody uses stands in no module. The compiler lays out every constant of a file that is imported for
// whatever reason, tables of hash functions too; with `@lazy` it does so when something first needs them.
import { Node, NodeKind } from 'assemblyscript';

export function layOutLazily(program) {
  for (const source of program.sources) {
    for (const { kind, declarations } of source.statements) {
      if (kind !== NodeKind.Variable) continue;
      for (const declaration of declarations.filter(isStaticMemory)) {
        const name = Node.createIdentifierExpression('lazy', declaration.range);
        declaration.decorators = [
          ...(declaration.decorators ?? []),
          Node.createDecorator(name, null, declaration.range),
        ];
      }
    }
  }
}

const isStaticMemory = ({ initializer, decorators }) =>
  isLayout(initializer) && !decorators?.some(({ name }) => name.text === 'lazy');

/** `memory.data(…)`, or an object that lies there: `changetype<Arena>(memory.data(…))`. */
function isLayout(node) {
  if (node?.kind !== NodeKind.Call) return false;
  const called = node.expression.range.toString();
  return called === 'memory.data' || (called === 'changetype' && isLayout(node.args[0]));
}

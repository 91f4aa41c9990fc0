// A callback with `@only(…)` belongs to those steps, and is left out of a module that has none of them: what a module exports costs a
// crossing for each stream, whatever it does. The SDK's transform, which comes next, exports what is left.

export default class CallbacksOfSteps {
  afterParse(parser) {
    const defined = this.program.options.globalAliases;
    for (const { members = [] } of parser.sources.flatMap(({ statements }) => statements)) {
      const kept = members.filter((member) => isWanted(member, defined));
      members.splice(0, members.length, ...kept);
    }
  }
}

/** Whether a member is for a step of the module, or for any. Takes the decorator off, which is no other transform's. */
function isWanted(member, defined) {
  const at = (member.decorators ?? []).findIndex(({ name }) => name.text === 'only');
  if (at < 0) return true;
  const [{ args }] = member.decorators.splice(at, 1);
  return args.some((step) => defined.has(step.text));
}

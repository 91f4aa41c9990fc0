/** A page of the documentation as a person follows it: files to write and commands to run, in their order. */
export type Step =
  | { kind: 'file'; path: string; text: string }
  | { kind: 'commands'; commands: { line: string; says?: string }[] };

const block = /^```(\w+)\n(.*?)^```$/gms;
/** The paragraph above a block may name the file that it is: "Write `policies/hello.yaml`:". */
const fileNamed = /[Ww]rite `([\w./-]+)`[^\n]*:\n\n$/;

export function stepsOf(page: string): Step[] {
  return [...page.matchAll(block)].map(({ 1: language, 2: text = '', index }): Step => {
    if (language === 'sh') return { kind: 'commands', commands: text.trimEnd().split('\n').map(command) };
    const [, path] = fileNamed.exec(page.slice(0, index)) ?? [];
    if (path === undefined) throw new Error(`the page does not say which file this is:\n${text}`);
    return { kind: 'file', path, text };
  });
}

/** What a command says stands behind it as a comment. */
function command(text: string): { line: string; says?: string } {
  const [line = '', says] = text.split(/ +# /);
  return { line, says };
}

import type { Command } from 'commander';
import { quoted } from '../shell-word.js';

/** A shell's script that completes what `program` takes: made of the same declarations as `--help`. */
export function completion(shell: 'bash' | 'zsh' | 'fish', program: Command): string {
  const commands = program.commands.map(described);
  return { bash, zsh, fish }[shell](commands);
}

interface Described {
  name: string;
  about: string;
  options: DescribedOption[];
  /** What the arguments can be, where that is a fixed set; files otherwise. */
  values: readonly string[];
}

interface DescribedOption {
  flags: string[];
  about: string;
  takesValue: boolean;
  values: readonly string[];
}

function described(command: Command): Described {
  return {
    name: command.name(),
    about: command.description(),
    options: [
      ...command.options.map((option) => ({
        flags: [option.short, option.long].filter((flag) => flag !== undefined),
        about: option.description,
        takesValue: option.required || option.optional,
        values: option.argChoices ?? [],
      })),
      { flags: ['--help'], about: 'display help for command', takesValue: false, values: [] },
    ],
    values: command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []),
  };
}

function bash(commands: Described[]): string {
  const among = (words: readonly string[]) => `COMPREPLY=($(compgen -W ${quoted(words.join(' '))} -- "$word"))`;
  const values = commands.flatMap(({ name, options }) =>
    options.filter(takesValue).map(({ flags, values }) => {
      const patterns = flags.map((flag) => quoted(`${name} ${flag}`)).join('|');
      return `    ${patterns}) ${values.length > 0 ? `${among(values)}; ` : ''}return ;;`;
    }),
  );
  const words = commands.map(({ name, options, values }) => {
    const flags = among(options.flatMap((option) => option.flags));
    const otherwise = values.length > 0 ? `; else ${among(values)}` : '';
    return `    ${name}) if [[ $word == -* ]]; then ${flags}${otherwise}; fi ;;`;
  });
  // Where nothing is offered bash offers files.
  return `# source <(tollgate completion bash)
_tollgate() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]}
  COMPREPLY=()
  if (( COMP_CWORD == 1 )); then ${among(commands.map(({ name }) => name))}; return; fi
  case "\${COMP_WORDS[1]} $before" in
${values.join('\n')}
  esac
  case "\${COMP_WORDS[1]}" in
${words.join('\n')}
  esac
}
complete -o default -F _tollgate tollgate
`;
}

function zsh(commands: Described[]): string {
  const entry = (name: string, about: string) => quoted(`${name}:${about}`);
  const values = commands.flatMap(({ name, options }) =>
    options.filter(takesValue).map(({ flags, values }) => {
      const patterns = flags.map((flag) => quoted(`${name} ${flag}`)).join('|');
      return `    ${patterns}) ${values.length > 0 ? `compadd -- ${values.join(' ')}` : '_files'}; return ;;`;
    }),
  );
  const rest = commands.map(({ name, options, values }) => {
    const entries = options.flatMap(({ flags, about }) => flags.map((flag) => entry(flag, about))).join(' ');
    const otherwise = values.length > 0 ? `compadd -- ${values.join(' ')}` : '_files';
    return `    ${name}) if [[ $PREFIX == -* ]]; then found=(${entries}); _describe option found; else ${otherwise}; fi ;;`;
  });
  return `#compdef tollgate
# source <(tollgate completion zsh)
_tollgate() {
  local -a found
  if (( CURRENT == 2 )); then
    found=(${commands.map(({ name, about }) => entry(name, about)).join(' ')})
    _describe command found
    return
  fi
  case "$words[2] $words[CURRENT-1]" in
${values.join('\n')}
  esac
  case $words[2] in
${rest.join('\n')}
  esac
}
compdef _tollgate tollgate
`;
}

function fish(commands: Described[]): string {
  const lines = commands.flatMap(({ name, about, options, values }) => [
    `complete -c tollgate -n __fish_use_subcommand -f -a ${name} -d ${quoted(about)}`,
    ...options.map((option) => {
      const flags = option.flags.map((flag) => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`));
      const value =
        option.values.length > 0 ? ` -x -a ${quoted(option.values.join(' '))}` : option.takesValue ? ' -r' : '';
      return `complete -c tollgate -n '__fish_seen_subcommand_from ${name}' ${flags.join(' ')}${value} -d ${quoted(option.about)}`;
    }),
    ...(values.length > 0
      ? [`complete -c tollgate -n '__fish_seen_subcommand_from ${name}' -f -a ${quoted(values.join(' '))}`]
      : []),
  ]);
  return `# tollgate completion fish | source\n${lines.join('\n')}\n`;
}

const takesValue = (option: DescribedOption) => option.takesValue;

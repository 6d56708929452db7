export interface Completable {
  readonly program: string;
  readonly commands: readonly CompletableCommand[];
  /** Flags of every command. */
  readonly flags: readonly CompletableFlag[];
}

export interface CompletableCommand {
  readonly name: string;
  readonly summary: string;
  readonly flags: readonly CompletableFlag[];
  /** Values for its arguments, in addition to files. */
  readonly words: readonly string[];
}

export interface CompletableFlag {
  readonly name: string;
  readonly summary: string;
  readonly takesValue: boolean;
  /** The allowed values; empty if any value is allowed. */
  readonly values: readonly string[];
}

export const shells = { bash: bashScript, zsh: zshScript, fish: fishScript } satisfies Record<string, Writer>;

export type Shell = keyof typeof shells;
type Writer = (tree: Completable) => string;

/** Whether a word has no shell metacharacters. Scripts must not contain any other words. */
export function isPlain(word: string): boolean {
  return /^[\w.*@%+:/-]+$/.test(word);
}

function plain(words: readonly string[]): string {
  for (const word of words) if (!isPlain(word)) throw new Error(`not a plain word: ${word}`);
  return words.join(' ');
}

const names = (flags: readonly CompletableFlag[]) => flags.map(({ name }) => name);

/** One row per flag with a value: `send --fault` and its allowed values, none if any value is allowed. */
function valueRows({ commands, flags }: Completable): [pattern: string, words: string][] {
  const row =
    (command: string) =>
    (flag: CompletableFlag): [string, string] => [`${command} ${flag.name}"`, plain(flag.values)];
  const withValue = (list: readonly CompletableFlag[]) => list.filter(({ takesValue }) => takesValue);
  const own = commands.flatMap((command) => withValue(command.flags).map(row(`"${command.name}`)));
  return [...own, ...withValue(flags).map(row('*"'))];
}

function bashScript(tree: Completable): string {
  const { program, commands, flags } = tree;
  const all = plain(commands.map(({ name }) => name));
  const global = plain(names(flags));
  return `# bash completion for ${program}: source <(${program} completion bash)
_scalekit_hooks() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} command='' words='' word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $word in ${all.replaceAll(' ', '|')}) command=$word; break ;; esac
  done
  case "$command $previous" in
${valueRows(tree)
  .map(([pattern, words]) => `    ${pattern}) words='${words}' ;;`)
  .join('\n')}
    *)
      case $command in
        '') words='${all} ${global}' ;;
${commands.map(({ name, flags: own, words }) => `        ${name}) words='${plain([...words, ...names(own)])} ${global}' ;;`).join('\n')}
      esac ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _scalekit_hooks ${program}
`;
}

function zshScript(tree: Completable): string {
  const { program, commands, flags } = tree;
  const global = plain(names(flags));
  const all = commands.map(({ name }) => name).join('|');
  return `#compdef ${program}
# zsh completion for ${program}: source <(${program} completion zsh)
_scalekit_hooks() {
  local command='' previous=\${words[CURRENT-1]} word
  for word in \${words[2,CURRENT-1]}; do
    case $word in (${all}) command=$word; break ;; esac
  done
  case "$command $previous" in
${valueRows(tree)
  .map(([pattern, words]) => `    (${pattern}) ${words === '' ? '_files' : `compadd -- ${words}`}; return ;;`)
  .join('\n')}
  esac
  case $command in
    ('')
      local -a commands=(${commands.map(({ name, summary }) => quote(`${name}:${summary}`)).join(' ')})
      _describe command commands
      compadd -- ${global} ;;
${commands.map(({ name, flags: own, words }) => `    (${name}) compadd -- ${plain([...words, ...names(own)])} ${global}; _files ;;`).join('\n')}
  esac
}
if [[ $funcstack[1] == _scalekit_hooks ]]; then _scalekit_hooks; else compdef _scalekit_hooks ${program}; fi
`;
}

function fishScript({ program, commands, flags }: Completable): string {
  const flagLine = (condition: string, { name, summary, takesValue, values }: CompletableFlag) =>
    `complete -c ${program}${condition} -l ${name.slice(2)}${takesValue ? ' -r' : ''}${values.length ? ` -f -a ${quote(plain(values))}` : ''} -d ${quote(summary)}`;
  const lines = commands.flatMap(({ name, summary, flags: own, words }) => {
    const here = ` -n '__fish_seen_subcommand_from ${name}'`;
    return [
      `complete -c ${program} -f -n __fish_use_subcommand -a ${name} -d ${quote(summary)}`,
      ...(words.length ? [`complete -c ${program}${here} -a ${quote(plain(words))}`] : []),
      ...own.map((flag) => flagLine(here, flag)),
    ];
  });
  return `# fish completion for ${program}: ${program} completion fish | source
${[...lines, ...flags.map((flag) => flagLine('', flag))].join('\n')}
`;
}

function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "'\\''")}'`;
}

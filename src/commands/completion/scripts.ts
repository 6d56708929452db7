/** What a completion script needs to know of the program. */
export interface Completable {
  readonly program: string;
  readonly commands: readonly CompletableCommand[];
  /** Flags of every command. */
  readonly flags: readonly CompletableFlag[];
  /** The names of event types. */
  readonly types: readonly string[];
}

export interface CompletableCommand {
  readonly name: string;
  readonly summary: string;
  readonly flags: readonly CompletableFlag[];
  /** Values for its arguments, in addition to files. */
  readonly words: Offered;
  readonly subcommands: readonly { readonly name: string; readonly words: Offered }[];
}

export interface CompletableFlag {
  readonly name: string;
  readonly summary: string;
  readonly takesValue: boolean;
  readonly words: Offered;
}

/** The values that a shell offers; none if any value is allowed. */
export interface Offered {
  readonly fixed: readonly string[];
  /** A list that has a function: the types, which are many, or what the script asks the program for. */
  readonly asks: 'types' | keyof typeof lists | undefined;
}

/** The commands that print these lists, and the members of their output that are completed. */
const lists = {
  captures: { command: 'captures list --json', members: 'capture' },
  checks: { command: 'check --list --json', members: 'name|group|part' },
  scenarios: { command: 'events --scenarios --json', members: 'scenario' },
} as const;

/** What writes the script of each shell. */
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

/** One function per list, the same in every shell. Only plain words pass, since a shell may evaluate what it offers. */
function listFunctions({ program, types }: Completable, open: string, close: string): string {
  const named = `${open.replace('NAME', functionOf('types'))}
  printf '%s\\n' ${plain(types)}
${close}`;
  const asked = Object.entries(lists).map(
    ([list, { command, members }]) => `${open.replace('NAME', functionOf(list))}
  ${program} ${command} 2>/dev/null | tr '{},' '\\n\\n\\n' | sed -nE 's/^"(${members})":"([A-Za-z0-9_.:-]+)"$/\\2/p' | sort -u
${close}`,
  );
  return [named, ...asked].join('\n');
}

function functionOf(list: string): string {
  return `_scalekit_hooks_${list}`;
}

/** Offered as part of a command line of bash and zsh. */
function offer({ fixed, asks }: Offered): string {
  return [plain(fixed), ...(asks ? [`$(${functionOf(asks)})`] : [])].filter((part) => part !== '').join(' ');
}

/** One row per flag with a value, and per subcommand with an argument: what precedes the word, and what fits. */
function valueRows({ commands, flags }: Completable): [pattern: string, words: string][] {
  const row =
    (command: string) =>
    ({ name, words }: { readonly name: string; readonly words: Offered }): [string, string] => [
      `${command} ${name}"`,
      offer(words),
    ];
  const withValue = (list: readonly CompletableFlag[]) => list.filter(({ takesValue }) => takesValue);
  const own = commands.flatMap(({ name, flags, subcommands }) => [
    ...withValue(flags).map(row(`"${name}`)),
    ...subcommands.filter(({ words }) => offer(words) !== '').map(row(`"${name}`)),
  ]);
  return [...own, ...withValue(flags).map(row('*"'))];
}

/** What fits after a command: its arguments, subcommands and flags. */
function commandWords({ words, subcommands, flags }: CompletableCommand): string {
  return [offer(words), plain([...subcommands.map(({ name }) => name), ...names(flags)])]
    .filter((part) => part !== '')
    .join(' ');
}

function bashScript(tree: Completable): string {
  const { program, commands, flags } = tree;
  const all = plain(commands.map(({ name }) => name));
  const global = plain(names(flags));
  return `# bash completion for ${program}: source <(${program} completion bash)
${listFunctions(tree, 'NAME() {', '}')}
_scalekit_hooks() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} command='' words='' word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $word in ${all.replaceAll(' ', '|')}) command=$word; break ;; esac
  done
  case "$command $previous" in
${valueRows(tree)
  .map(([pattern, words]) => `    ${pattern}) words="${words}" ;;`)
  .join('\n')}
    *)
      case $command in
        '') words='${all} ${global}' ;;
${commands.map((command) => `        ${command.name}) words="${commandWords(command)} ${global}" ;;`).join('\n')}
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
${listFunctions(tree, 'NAME() {', '}')}
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
${commands.map((command) => `    (${command.name}) compadd -- ${commandWords(command)} ${global}; _files ;;`).join('\n')}
  esac
}
if [[ $funcstack[1] == _scalekit_hooks ]]; then _scalekit_hooks; else compdef _scalekit_hooks ${program}; fi
`;
}

function fishScript(tree: Completable): string {
  const { program, commands, flags } = tree;
  const list = ({ fixed, asks }: Offered) =>
    quote([plain(fixed), ...(asks ? [`(${functionOf(asks)})`] : [])].join(' ').trim());
  const isAny = ({ fixed, asks }: Offered) => fixed.length === 0 && !asks;
  const flagLine = (condition: string, { name, summary, takesValue, words }: CompletableFlag) =>
    `complete -c ${program}${condition} -l ${name.slice(2)}${takesValue ? ' -r' : ''}${isAny(words) ? '' : ` -f -a ${list(words)}`} -d ${quote(summary)}`;
  const lines = commands.flatMap(({ name, summary, flags: own, words, subcommands }) => {
    const after = (word: string) => ` -n '__fish_seen_subcommand_from ${word}'`;
    const here = after(name);
    const argument = (condition: string, given: Offered) =>
      isAny(given) ? [] : [`complete -c ${program}${condition} -a ${list(given)}`];
    return [
      `complete -c ${program} -f -n __fish_use_subcommand -a ${name} -d ${quote(summary)}`,
      ...argument(here, { ...words, fixed: [...words.fixed, ...subcommands.map((each) => each.name)] }),
      ...subcommands.flatMap((each) => argument(after(each.name), each.words)),
      ...own.map((flag) => flagLine(here, flag)),
    ];
  });
  return `# fish completion for ${program}: ${program} completion fish | source
${listFunctions(tree, 'function NAME', 'end')}
${[...lines, ...flags.map((flag) => flagLine('', flag))].join('\n')}
`;
}

function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "'\\''")}'`;
}

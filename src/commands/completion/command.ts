import { type CommandDefinition, type CommandEntry, defineCommand } from '../define.ts';

const shells = ['bash', 'zsh', 'fish'] as const;

/** `commands` includes this command. */
export function completionOf(commands: readonly CommandEntry[]): CommandDefinition {
  return defineCommand({
    positionals: {
      shell: { form: '<shell>', summary: 'the shell', label: 'a shell', words: shells },
    },
    flags: {},
    details: `bash:  echo 'source <(scalekit-hooks completion bash)' >> ~/.bashrc
zsh:   echo 'source <(scalekit-hooks completion zsh)' >> ~/.zshrc
       (after compinit)
fish:  scalekit-hooks completion fish \\
         > ~/.config/fish/completions/scalekit-hooks.fish`,
    run: async ({ shell }, context) =>
      (await import('./run.ts')).completion(shell as (typeof shells)[number], commands, context),
  });
}

import type { Command } from 'commander';

const shells = ['bash', 'zsh', 'fish'] as const;

/** `completion SHELL` prints a script; what the script asks for at each Tab is answered by the hidden `__complete`. */
export function addCompletion(program: Command): void {
  program
    .command('completion')
    .description('Print a script that completes commands, options and hunts in a shell')
    .addArgument(program.createArgument('<shell>', 'the shell').choices(shells))
    .addHelpText(
      'after',
      `
Examples:
  $ source <(harrier completion bash)                                       # or in ~/.bashrc
  $ source <(harrier completion zsh)                                        # or in ~/.zshrc
  $ harrier completion fish > ~/.config/fish/completions/harrier.fish`,
    )
    .action(async (shell: (typeof shells)[number]) => {
      const { scripts } = await import('./scripts.ts');
      process.stdout.write(scripts[shell]);
    });
  program
    .command('__complete', { hidden: true })
    .argument('[word...]')
    .action(async (words: string[]) => {
      const { complete, written } = await import('./complete.ts');
      process.stdout.write(written(await complete(program, words)));
    });
}

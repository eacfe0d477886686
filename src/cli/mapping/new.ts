import { type Command, InvalidArgumentError } from 'commander';
import pc from 'picocolors';
import { count } from '../../values/quantities.ts';
import { visible } from '../../values/visible.ts';
import { checkOutput, shownText, usesColour, writeTo } from '../output.ts';

interface NewOptions {
  readonly name?: string;
  readonly output?: string;
  readonly force: boolean;
}

export function addNew(mapping: Command, signal: AbortSignal): void {
  mapping
    .command('new')
    .description('Write the first draft of a mapping from raw events: guesses by names and values, to be reviewed')
    .argument('<sample>', 'a file of raw events, a glob or a folder')
    .option('--name <name>', 'how the mapping is called (default: the name of the sample)', name)
    .option('-o, --output <file>', 'write the draft to a file')
    .option('--force', 'overwrite the file', false)
    .addHelpText(
      'after',
      `
Examples:
  $ harrier mapping new app.json
  $ harrier mapping new app.json --output app.yml
  $ harrier inspect app.json --mapping app.yml`,
    )
    .action(async (sample: string, options: NewOptions) => {
      checkOutput(options);
      const { draftFromSample } = await import('../../app/draft-mapping.ts');
      const draft = await draftFromSample({ sample, name: options.name ?? null }, signal);
      const { output } = options;
      await writeTo(output, [output === undefined ? shownText(draft.text) : draft.text]);
      const note = pc.createColors(usesColour(process.stderr)).yellow('note:');
      if (draft.known.length > 0)
        process.stderr.write(
          `${note} ${visible(draft.known.join(', '))} knows such events: this mapping would come before\n`,
        );
      if (output !== undefined)
        process.stderr.write(
          `${output}: a draft from ${count(draft.events, 'event')}; review its guesses, then: harrier mapping test ${output}, and --mapping ${output} with every --data\n`,
        );
    });
}

function name(value: string): string {
  if (!/^[a-z0-9][a-z0-9_.-]*$/.test(value))
    throw new InvalidArgumentError('expected small letters, digits, - and _, such as acme-firewall');
  return value;
}

import type { Command } from 'commander';

const collect = (value: string, previous: readonly string[]): string[] => [...previous, value];

/** Options that say how raw events get the names of ECS. */
export const addMappingOptions = (command: Command): Command =>
  command
    .option(
      '--mapping <file>',
      'mappings of raw logs to ECS that come before the shipped ones: a file (.yml) or a folder of them (repeatable)',
      collect,
      [],
    )
    .option(
      '--time-field <name>',
      'the field that says when events were, such as eventTime, for events without @timestamp',
    );

/** The same, with what `harrier.toml` says of it where files are read. */
export function addReadingOptions(command: Command): Command {
  return addMappingOptions(command).hook('preAction', async (_, action) => {
    const { data, mapping, timeField, config } = action.opts<ReadingOptions>();
    // Where events are is said by an option or by arguments; what comes from elsewhere takes no mappings.
    if (data?.length === 0) return;
    const { loadConfig } = await import('./config.ts');
    const settings = await loadConfig(config);
    const set = (name: string, value: unknown): void => {
      const source = action.getOptionValueSource(name) === 'cli' ? 'cli' : 'config';
      action.setOptionValueWithSource(name, value, source);
    };
    if (settings.mappings.length > 0) set('mapping', [...new Set([...mapping, ...settings.mappings])]);
    if (timeField === undefined && settings.timeField !== null) set('timeField', settings.timeField);
  });
}

interface ReadingOptions {
  readonly data?: readonly string[];
  readonly mapping: readonly string[];
  readonly timeField?: string;
  readonly config?: string;
}

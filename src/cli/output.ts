import { once } from 'node:events';
import { createWriteStream, existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import pc from 'picocolors';
import { InputError } from '../diagnostics/diagnostic.ts';
import { formats } from '../report/formats.ts';
import type { RunReport, Surface } from '../report/report.ts';
import type { OutputOptions } from './options.ts';

/** Colours when a person looks, unless NO_COLOR says no or FORCE_COLOR yes. */
export function usesColour(stream: NodeJS.WriteStream): boolean {
  if (process.env.NO_COLOR) return false;
  return Boolean(process.env.FORCE_COLOR) || (stream.isTTY === true && pc.isColorSupported);
}

/** Refuses to overwrite before any work is done. */
export function checkOutput({ output, force }: Pick<OutputOptions, 'output' | 'force'>): void {
  if (output !== undefined && !force && existsSync(output)) {
    throw new InputError(`${output} is there already`, 'overwrite it with --force');
  }
}

/** Writes a report of a run in the format that is asked for. */
export async function writeReport(report: RunReport, options: OutputOptions, alone: boolean): Promise<void> {
  const format = await formats[options.format]();
  await writeOutput((surface) => format(report, surface, alone), options.output);
}

/** Writes text to standard output, or to a file that is whole or not there at all. */
export async function writeOutput(make: (surface: Surface) => Iterable<string>, output?: string): Promise<void> {
  if (output === undefined) {
    const width = process.stdout.isTTY ? process.stdout.columns : null;
    await write(process.stdout, make({ width, colour: usesColour(process.stdout) }));
    return;
  }
  const temporary = `${output}.${process.pid}.tmp`;
  const file = createWriteStream(temporary);
  try {
    await write(file, make({ width: null, colour: false }));
    file.end();
    await once(file, 'finish');
    await rename(temporary, output);
  } catch (error) {
    await rm(temporary, { force: true });
    throw new InputError(`cannot write ${output}: ${(error as Error).message}`);
  }
}

const piece = 64 * 1024;

/** Writes pieces as fast as the reader takes them. */
async function write(stream: NodeJS.WritableStream, parts: Iterable<string>): Promise<void> {
  let buffer = '';
  const flush = async (): Promise<void> => {
    if (buffer !== '' && !stream.write(buffer)) await once(stream, 'drain');
    buffer = '';
  };
  for (const part of parts) {
    buffer += part;
    if (buffer.length >= piece) await flush();
  }
  await flush();
}

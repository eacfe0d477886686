import { InvalidArgumentError } from 'commander';
import { type GivenTimeSpan, parseTimeSpan } from '../overrides/time-span.ts';
import { parseByteSize } from '../values/byte-size.ts';

/** Less is of no use to the engine. */
const leastMemory = 1_000_000;

/** Reads a span of time, such as `90s`. */
export function timeSpan(value: string): GivenTimeSpan {
  try {
    return parseTimeSpan(value);
  } catch (error) {
    throw new InvalidArgumentError(`${(error as Error).message}, for example 90s or 10m`);
  }
}

/** The same; a bare number is of seconds. */
export const secondsOrSpan = (value: string): GivenTimeSpan => timeSpan(/^\d+$/.test(value) ? `${value}s` : value);

/** Reads a size of memory, in bytes: GB are thousands of thousands, GiB are not, as the engine has it. */
export function memoryBytes(value: string): number {
  const size = parseByteSize(value, 1000);
  if (size === null || size < leastMemory) throw new InvalidArgumentError('expected a size such as 2GB or 512MB');
  return size;
}

/** The same as the engine takes it. */
export const memorySize = (value: string): string => `${memoryBytes(value)}B`;

/** Reads a size of a request or an answer, in bytes: MB are 1,024 times 1,024, as Elasticsearch has it. */
export function bodyBytes(value: string): number {
  const size = parseByteSize(value, 1024);
  if (size === null) throw new InvalidArgumentError('expected a size such as 100mb');
  return size;
}

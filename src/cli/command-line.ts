import { quoted } from '../values/quoted.ts';

/** The command line for a shell, without what gives access to a cluster. */
export function commandLine(args: readonly string[]): string {
  const kept = args.filter((arg, i) => !/^--api-key(?:=|$)/.test(arg) && args[i - 1] !== '--api-key');
  return ['harrier', ...kept.map((arg) => quoted(arg.replace(/(\w:\/\/)[^/@\s]*@/, '$1')))].join(' ');
}

import manifest from '../../package.json' with { type: 'json' };
import { parseByteSize } from '../values/byte-size.ts';

// A query holds a thread while the engine works on it, and Node begins four of them when it needs the first. It needs one for
// the first ES module that it reads: so this file is built as CommonJS, and reads no other before it has said how many.
// Each keeps some of the memory that it worked with: 150 MB of eight with `--memory 512MB` that four do not take.
process.env.UV_THREADPOOL_SIZE ??= memoryGiven() < 2e9 ? '4' : '8';

// Asked by scripts before each use: answered without loading all the commands.
const [asked, ...more] = process.argv.slice(2);
if (more.length === 0 && (asked === '--version' || asked === '-V')) process.stdout.write(`${manifest.version}\n`);
else void import('./run-program.ts').then(({ runProgram }) => runProgram());

/** The bytes that `--memory` says; without end where it says none. */
function memoryGiven(): number {
  const given = /(?:^|\0)--memory[=\0]([^\0]+)/.exec(process.argv.join('\0'))?.[1];
  return (given === undefined ? null : parseByteSize(given, 1000)) ?? Number.POSITIVE_INFINITY;
}

import manifest from '../../package.json' with { type: 'json' };

// A query holds a thread while the engine works on it, and Node begins four of them when it needs the first. It needs one for
// the first ES module that it reads: so this file is built as CommonJS, and reads no other before it has said how many.
process.env.UV_THREADPOOL_SIZE ??= '8';

// Asked by scripts before each use: answered without loading all the commands.
const [asked, ...more] = process.argv.slice(2);
if (more.length === 0 && (asked === '--version' || asked === '-V')) process.stdout.write(`${manifest.version}\n`);
else void import('./run-program.ts').then(({ runProgram }) => runProgram());

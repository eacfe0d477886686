import manifest from '../../package.json' with { type: 'json' };

// A query holds a thread while the engine works on it. Node begins four of them when it needs the first; Node 20 has done so
// by now, and there the environment alone says how many.
if (Number.parseInt(process.versions.node, 10) >= 22) process.env.UV_THREADPOOL_SIZE ??= '8';

// Asked by scripts before each use: answered without loading all the commands.
const [asked, ...more] = process.argv.slice(2);
if (more.length === 0 && (asked === '--version' || asked === '-V')) process.stdout.write(`${manifest.version}\n`);
else await (await import('./run-program.ts')).runProgram();

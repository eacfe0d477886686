import manifest from '../../package.json' with { type: 'json' };

// Asked by scripts before each use: answered without loading all the commands.
const [asked, ...more] = process.argv.slice(2);
if (more.length === 0 && (asked === '--version' || asked === '-V')) process.stdout.write(`${manifest.version}\n`);
else await (await import('./run-program.ts')).runProgram();

// As many people do it today: jq on the files, sort and uniq; on a tenth of the events, for it takes its time. Whole
// processes, the same question.
import { execFileSync } from 'node:child_process';
import { timeProcess } from '../measure.mjs';

export const title = 'jq, sort and uniq, whole processes';

const program =
  'select(.host.os.type == "linux" and .event.action == "connection_attempted") | .process.name + " " + .destination.address';
const esql =
  'FROM logs-* | WHERE host.os.type == "linux" AND event.action == "connection_attempted" | STATS n = COUNT(*) BY process.name, destination.address | SORT n DESC | LIMIT 20';

export async function open({ data, smallEvents, harrier, say }) {
  try {
    execFileSync('jq', ['--version']);
  } catch {
    say('no jq here');
    return { turns: [], demands: [] };
  }
  const { files } = await data.sample(smallEvents);
  const what = 'most frequent conversations';
  const turn = (who, command, args, rowsOf) => ({
    what,
    who,
    unit: 's',
    keys: ['n'],
    run: async () => {
      const { seconds, cpu, megabytes, out } = await timeProcess(command, args);
      return { value: seconds, cpu, megabytes, rows: rowsOf(out) };
    },
  });
  const pipeline = `jq -r '${program}' "$@" | sort | uniq -c | sort -rn | head -20`;
  const query = [
    harrier,
    'query',
    esql,
    ...files.flatMap((file) => ['--data', file]),
    '--format',
    'json',
    '--no-cache',
  ];
  return {
    turns: [
      turn('jq | sort | uniq -c', 'sh', ['-c', pipeline, 'sh', ...files], (out) =>
        out
          .trim()
          .split('\n')
          .map((line) => ({ n: Number.parseInt(line, 10) })),
      ),
      turn('Harrier, nothing kept', process.execPath, query, (out) => {
        const { columns, values } = JSON.parse(out);
        const at = columns.findIndex(({ name }) => name === 'n');
        return values.map((row) => ({ n: row[at] }));
      }),
    ],
    demands: [
      {
        name: 'Harrier from files / jq, sort and uniq',
        above: [[what, 'Harrier, nothing kept']],
        below: [[what, 'jq | sort | uniq -c']],
      },
    ],
  };
}

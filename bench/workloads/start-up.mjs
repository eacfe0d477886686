// How long it takes until something happens at all: whole processes.
import { fileURLToPath } from 'node:url';
import { timeProcess } from '../measure.mjs';

export const title = 'Start-up, whole processes';

const selectOne = fileURLToPath(new URL('../contestants/select-one.mjs', import.meta.url));

export function open({ harrier }) {
  const turn = (what, who, args) => ({
    what,
    who,
    unit: 's',
    run: async () => {
      const { seconds, cpu, megabytes } = await timeProcess(process.execPath, args);
      return { value: seconds, cpu, megabytes };
    },
  });
  const version = ['say the version', 'Harrier'];
  const nothing = ['do nothing', 'Node'];
  const row = ['ROW a = 1', 'Harrier'];
  const one = ['open DuckDB and select 1', 'Node'];
  return {
    turns: [
      turn(...nothing, ['-e', '0']),
      turn(...version, [harrier, '--version']),
      turn(...one, [selectOne]),
      turn(...row, [harrier, 'query', 'ROW a = 1']),
    ],
    demands: [
      { name: 'harrier --version / node -e 0', most: 2, above: [version], below: [nothing] },
      { name: 'ROW a = 1 / open DuckDB and select 1', most: 1.5, above: [row], below: [one] },
    ],
  };
}

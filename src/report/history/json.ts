import { entitiesOf } from '../../investigate/entities.ts';
import { cellJson } from '../../values/json.ts';
import type { HistoryWriter, PastQuery } from './history-report.ts';

/** One JSON document, written window by window. */
export const json: HistoryWriter = function* ({ queries }) {
  yield '{"results":[';
  for (const [i, query] of queries.entries()) {
    yield i === 0 ? '\n ' : ',\n ';
    yield* queryJson(query);
  }
  yield ']}\n';
};

const time = (milliseconds: number): string => JSON.stringify(new Date(milliseconds).toISOString());

function* queryJson({ hunt, query, history, error, notes }: PastQuery): Iterable<string> {
  const reference = { uuid: hunt.uuid, name: hunt.name, file: hunt.file };
  const { columns = [], windows = [], keys = [], passes = null } = history ?? {};
  yield `{"hunt":${JSON.stringify(reference)},"query":${query},"columns":${JSON.stringify(columns)},"passes":${JSON.stringify(passes)},"windows":[`;
  for (const [i, { now, rows }] of windows.entries()) {
    const values = rows.map((row) => `[${row.map((value, at) => cellJson(value, columns[at]!.type)).join(',')}]`);
    yield `${i === 0 ? '' : ',\n  '}{"now":${time(now)},"hits":${rows.length},"values":[${values.join(',')}]}`;
  }
  const entities = history ? entitiesOf(history) : [];
  const key = keys.map((at) => columns[at]!.name);
  yield `],"key":${JSON.stringify(key)},"entities":[`;
  for (const [i, entity] of entities.entries()) {
    const cells = entity.key.map((value, at) => cellJson(value, columns[keys[at]!]!.type));
    yield `${i === 0 ? '' : ',\n  '}{"key":[${cells.join(',')}],"first_seen":${time(entity.firstSeen)},"last_seen":${time(entity.lastSeen)},"windows":${entity.windows}}`;
  }
  yield `],"error":${JSON.stringify(error)},"notes":${JSON.stringify(notes)}}`;
}

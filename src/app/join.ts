import { InputError } from '../diagnostics/diagnostic.ts';
import { openDuckDB } from '../engines/duckdb/connection.ts';
import { DuckDBEngine } from '../engines/duckdb/engine.ts';
import { interruptible } from '../engines/duckdb/interrupt.ts';
import { RowStream } from '../engines/duckdb/row-stream.ts';
import { filesRead } from '../files/load-report.ts';
import { nothingReadable } from '../files/unread.ts';
import {
  connectionTable,
  hostConnections,
  hostFields,
  hostSameness,
  sensorConnections,
  sensorFields,
  sensorSameness,
} from '../join/connections.ts';
import { type JoinReport, joinReport } from '../join/join-report.ts';
import { type JoinedExtent, joinedEvents } from '../join/joined-events.ts';
import { type MatchOptions, match, type Run, tables } from '../join/match.ts';
import { toText } from '../sql/duckdb/functions/texts.ts';
import { storageType } from '../sql/duckdb/storage-type.ts';
import { sql } from '../sql/sql.ts';
import type { EventsRequest, FileSource } from './events-request.ts';
import type { Observer } from './observer.ts';
import { loadFiles } from './session/files.ts';

/** Files with Sysmon's events and Zeek's connections, and how these are joined. */
export interface JoinRequest {
  readonly source: FileSource;
  readonly events: EventsRequest;
  readonly matching: MatchOptions;
  readonly extent: JoinedExtent;
}

/** The two sources, and how their connections are asked for. */
const sides = [
  { table: tables.hosts, query: hostConnections, fields: hostFields, sameness: hostSameness },
  { table: tables.sensors, query: sensorConnections, fields: sensorFields, sameness: sensorSameness },
] as const;

/** Writes joined events, each a line of JSON; called once, with the events in the order of time. */
export type WriteJoined = (lines: AsyncIterable<string>) => Promise<void>;

/**
 * Joins the network connections of Sysmon with those of Zeek's conn.log, writes the joined events, and reports what was
 * matched. Throws an InputError where one of the two is missing.
 */
export async function joinConnections(
  { source, events, matching, extent }: JoinRequest,
  write: WriteJoined,
  observer: Observer,
  signal: AbortSignal,
): Promise<JoinReport & { readonly events: number }> {
  const duckdb = await openDuckDB(events.memory === undefined ? {} : { memoryLimit: events.memory });
  const { connection } = duckdb;
  try {
    return await interruptible(connection, signal, async () => {
      const queries = sides.map(({ query }) => query);
      const options = { now: Date.now(), maxRows: null };
      const loaded = await loadFiles(duckdb, source, { events, queries, asked: queries.length }, observer, signal);
      const { catalogue, relation, report: load, release } = loaded;
      try {
        observer.note({ kind: 'loaded', report: load });
        if (filesRead(load) === 0) throw nothingReadable(load);
        if (catalogue.indices.length === 0) throw neither('among no events');
        const run: Run = async (statement) => (await connection.runAndReadAll(statement)).getRows();
        const engine = new DuckDBEngine(duckdb, { catalogue, relation });
        observer.progress({ kind: 'query', number: 1, all: 1 });
        for (const { table, query, fields, sameness } of sides)
          await run(connectionTable(table, engine.prepare(query, options).emitted, fields, storageType, sameness));
        await refuseOneSide(run, load.events);
        await match(run, matching);
        const report = await joinReport(run, matching);
        const rows = await RowStream.of(
          connection,
          joinedEvents(matching, extent, { storage: storageType, text: toText }),
        );
        observer.progress({ kind: 'idle' });
        let written = 0;
        const lines = async function* (): AsyncGenerator<string> {
          for (;;) {
            const chunk = await rows.next();
            if (!chunk) return;
            written += chunk.rowCount;
            yield `${chunk.getColumnValues(0).join('\n')}\n`;
          }
        };
        await write(lines());
        return { ...report, events: written };
      } finally {
        observer.progress({ kind: 'idle' });
        release();
      }
    });
  } finally {
    duckdb.close();
  }
}

/** What cannot be joined for want of one side says which, rather than that nothing matched. */
async function refuseOneSide(run: Run, events: number): Promise<void> {
  const [[hosts, sensors] = []] = await run(
    sql`SELECT (SELECT count(*) FROM ${tables.hosts}), (SELECT count(*) FROM ${tables.sensors})`,
  );
  const among = `among ${events.toLocaleString('en')} events`;
  if (Number(hosts) + Number(sensors) === 0) throw neither(among);
  if (Number(hosts) === 0)
    throw new InputError(
      `there is no network connection of Sysmon (EventID 3) ${among}`,
      "give --data for Sysmon's log too; Sysmon records connections only where its configuration has NetworkConnect",
    );
  if (Number(sensors) === 0)
    throw new InputError(`there is no line of Zeek's conn.log ${among}`, "give --data for Zeek's conn.log too");
}

const neither = (among: string): InputError =>
  new InputError(
    `there is neither a network connection of Sysmon (EventID 3) nor a line of Zeek's conn.log ${among}`,
    'give --data for both; harrier inspect shows what files are',
  );

// ClickHouse in a process that stays open (chdb), on the expert's table in its own terms.
import { Session } from 'chdb';
import { work } from './worker.mjs';

const session = new Session(process.argv[2]);
work({ sql: (text) => JSON.parse(session.query(text, 'JSON')).data });

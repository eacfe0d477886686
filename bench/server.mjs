// Harrier's server as a contestant: started on a store, written to over connections that are kept.
import { spawn } from 'node:child_process';
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { createInterface } from 'node:readline';

/** A server on a store; `send` asks it, `cpu` says the processors' seconds that it took so far, `stop` ends it. */
export async function startServer(harrier, store, options = []) {
  const child = spawn(process.execPath, [harrier, 'serve', '--store', store, '--port', '0', ...options], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const port = await new Promise((resolve, reject) => {
    const look = (chunk) => {
      const found = /:(\d+)/.exec(String(chunk));
      if (found) resolve(Number(found[1]));
    };
    child.stdout.on('data', look);
    child.on('exit', (code) => reject(new Error(`the server ended with ${code}`)));
  });
  const agent = new Agent({ keepAlive: true });
  const send = (method, path, body, type = 'application/json', more = {}) =>
    new Promise((resolve, reject) => {
      const headers = { 'content-type': type, ...more };
      const call = request({ agent, port, method, path, headers }, (response) => {
        const parts = [];
        response.on('data', (part) => parts.push(part));
        response.on('end', () => resolve({ status: response.statusCode, body: Buffer.concat(parts).toString() }));
      });
      call.on('error', reject);
      call.end(body);
    });
  const stop = () =>
    new Promise((resolve) => {
      child.removeAllListeners('exit');
      child.on('exit', resolve);
      child.kill('SIGTERM');
      agent.destroy();
    });
  const cpu = () => processorSeconds(child.pid);
  return { send, cpu, stop, port, pid: child.pid };
}

/** Null where the system does not say. The fields are described in proc(5); ticks are hundredths of a second on Linux. */
function processorSeconds(pid) {
  const file = `/proc/${pid}/stat`;
  if (!existsSync(file)) return null;
  const fields = readFileSync(file, 'utf8').split(') ').at(-1).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** The same of a process with those that it started, and that have ended; null where the system does not say. */
export function treeSeconds(pid) {
  const file = `/proc/${pid}/stat`;
  if (!existsSync(file)) return null;
  const fields = readFileSync(file, 'utf8').split(') ').at(-1).split(' ');
  const own = [11, 12, 13, 14].reduce((sum, i) => sum + Number(fields[i]), 0) / 100;
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return children === '' ? own : children.split(' ').reduce((sum, child) => sum + (treeSeconds(child) ?? 0), own);
}

const action = '{"create":{}}\n';
const target = '/logs-endpoint.events.network-default/_bulk';

/** Bodies of `size` events each; over and over where `repeat` says so. */
export async function* bulkBodies(files, size, repeat = false) {
  do {
    for (const file of files) {
      let lines = [];
      for await (const line of createInterface({ input: createReadStream(file, { highWaterMark: 1 << 20 }) })) {
        lines.push(action, line, '\n');
        if (lines.length === size * 3) {
          yield { body: lines.join(''), events: size };
          lines = [];
        }
      }
      if (lines.length > 0) yield { body: lines.join(''), events: lines.length / 3 };
    }
  } while (repeat);
}

/** Sends bodies over several connections until there are none or the time is over. */
export async function sendAll(server, bodies, connections, until = Number.POSITIVE_INFINITY) {
  const took = [];
  let sent = 0;
  let errors = 0;
  const work = async () => {
    while (performance.now() < until) {
      const { value, done } = await bodies.next();
      if (done) return;
      const started = performance.now();
      const { status, body } = await server.send('POST', target, value.body, 'application/x-ndjson');
      took.push(performance.now() - started);
      if (status !== 200 || body.includes('"errors":true')) errors += 1;
      else sent += value.events;
    }
  };
  await Promise.all(Array.from({ length: connections }, work));
  return { took, sent, errors };
}

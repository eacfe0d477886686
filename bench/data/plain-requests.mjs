// Sends plain requests over and over, in a thread of its own: what else a benchmark does must not count as their time.
import { Agent, request } from 'node:http';
import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { treeSeconds } from '../server.mjs';

const { port, pid, probes, pause } = workerData;
/** Milliseconds in which the server and this process had all processors: others may use the machine meanwhile. */
const processTime = () => {
  const { user, system } = process.cpuUsage();
  return ((treeSeconds(pid) ?? 0) * 1000 + (user + system) / 1000) / availableParallelism();
};
const agent = new Agent({ keepAlive: true });
const send = ([method, path, body]) =>
  new Promise((resolve, reject) => {
    const call = request({ agent, port, method, path, headers: { 'content-type': 'application/json' } }, (response) => {
      response.on('data', () => undefined);
      response.on('end', () => resolve(response.statusCode));
    });
    call.on('error', reject);
    call.end(body);
  });

let isOver = false;
parentPort.once('message', () => {
  isOver = true;
});

async function probe(one) {
  const took = [];
  const worked = [];
  let refused = 0;
  while (!isOver) {
    const began = performance.now();
    const workedBefore = processTime();
    const status = await send(one);
    took.push(performance.now() - began);
    worked.push(processTime() - workedBefore);
    if (status !== 200) refused += 1;
    await sleep(pause);
  }
  return { took, worked, refused };
}

parentPort.postMessage(await Promise.all(probes.map(probe)));
agent.destroy();

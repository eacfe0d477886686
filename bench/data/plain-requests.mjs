// Sends plain requests over and over, in a thread of its own: what else a benchmark does must not count as their time.
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';

const { port, probes, pause } = workerData;
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
  let refused = 0;
  while (!isOver) {
    const began = performance.now();
    const status = await send(one);
    took.push(performance.now() - began);
    if (status !== 200) refused += 1;
    await sleep(pause);
  }
  return { took, refused };
}

parentPort.postMessage(await Promise.all(probes.map(probe)));
agent.destroy();

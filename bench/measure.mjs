// How things are timed: processes of their own, contestants that stay open, and what rounds of either add up to.
import { fork, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
};

const gnuTime = '/usr/bin/time';

/**
 * Runs a process to its end: seconds, those of the processors, the largest memory that it had (both null where the system
 * does not say), output.
 */
export function timeProcess(command, args, env = {}) {
  return new Promise((resolve, reject) => {
    const told = existsSync(gnuTime);
    const [program, rest] = told ? [gnuTime, ['-f', 'told %U %S %M', command, ...args]] : [command, args];
    const started = performance.now();
    const child = spawn(program, rest, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    const out = [];
    const err = [];
    child.stdout.on('data', (chunk) => out.push(chunk));
    child.stderr.on('data', (chunk) => err.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      const seconds = (performance.now() - started) / 1000;
      const errors = Buffer.concat(err).toString();
      if (code !== 0)
        return reject(
          new Error(`${command} ${args.join(' ').slice(0, 300)} ended with ${code}: ${errors.slice(-800)}`),
        );
      const [, user, system, kilobytes] = told ? /told (\S+) (\S+) (\d+)\s*$/.exec(errors) : [];
      resolve({
        seconds,
        cpu: told ? Number(user) + Number(system) : null,
        megabytes: told ? Number(kilobytes) / 1024 : null,
        out: Buffer.concat(out).toString(),
      });
    });
  });
}

/** A contestant that stays open: its process, and questions to it. */
export class Contestant {
  #child;
  #waiting = null;

  /** Starts the module of that name in contestants/; resolves when it is ready. */
  static async start(name, args) {
    const contestant = new Contestant();
    const path = fileURLToPath(new URL(`contestants/${name}.mjs`, import.meta.url));
    contestant.#child = fork(path, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    await new Promise((resolve, reject) => {
      contestant.#child.once('message', resolve);
      contestant.#child.once('exit', (code) => reject(new Error(`the contestant ${name} ended with ${code}`)));
    });
    contestant.#child.on('message', ({ error, ...answer }) => {
      const { resolve, reject } = contestant.#waiting;
      if (error) reject(new Error(`${name}: ${error}`));
      else resolve(answer);
    });
    contestant.#child.removeAllListeners('exit');
    contestant.#child.on('exit', (code) => contestant.#waiting?.reject(new Error(`${name} ended with ${code}`)));
    return contestant;
  }

  /** Milliseconds, rows, and the largest memory that its process ever had. */
  ask(method, ...args) {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#child.send({ method, args });
    });
  }

  stop() {
    this.#waiting = null;
    return new Promise((resolve) => {
      this.#child.on('exit', resolve);
      this.#child.disconnect();
    });
  }
}

/** What was measured, by what was done and who did it: a figure for every round. */
export class Measured {
  #figures = new Map();

  add(what, who, unit, { value, cpu = null, megabytes = null }) {
    const key = JSON.stringify([what, who]);
    const found = this.#figures.get(key) ?? { what, who, unit, values: [], cpus: [], megabytes: null };
    this.#figures.set(key, found);
    found.values.push(value);
    found.cpus.push(cpu);
    if (megabytes !== null) found.megabytes = Math.max(found.megabytes ?? 0, megabytes);
  }

  get(what, who) {
    return this.#figures.get(JSON.stringify([what, who]));
  }

  /** Null when it was not measured. */
  median(what, who) {
    const found = this.get(what, who);
    return found ? median(found.values) : null;
  }

  get all() {
    return [...this.#figures.values()];
  }

  /**
   * The median of the ratios within rounds: what ran side by side had the same machine. Each side is a sum of figures,
   * given as [what, who]. Null when something was not measured. `of` may be `cpus`: the processors' time is less troubled
   * by what else a machine does.
   */
  ratio(above, below, of = 'values') {
    const sum = (side) => {
      const parts = side.map(([what, who]) => this.get(what, who)?.[of]);
      if (parts.length === 0 || parts.some((part) => part === undefined || part.includes(null))) return null;
      return parts[0].map((_, round) => parts.reduce((total, part) => total + part[round], 0));
    };
    const [a, b] = [sum(above), sum(below)];
    return a && b ? median(a.map((value, round) => value / b[round])) : null;
  }
}

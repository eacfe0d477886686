// What a contestant's process does: it stays open, answers one request at a time, and says how long that took.

/** So long a turn goes on repeating what is quick, and so often at the most; its figure is the median. */
const turn = { ms: 250, times: 5 };

/** Answers requests by `answers[method](...args)`, which gives rows. */
export function work(answers) {
  process.on('message', async ({ method, args }) => {
    try {
      const took = [];
      let rows;
      const before = process.cpuUsage();
      const began = performance.now();
      do {
        const started = performance.now();
        rows = await answers[method](...args);
        took.push(performance.now() - started);
      } while (took.length < turn.times && performance.now() - began < turn.ms);
      const { user, system } = process.cpuUsage(before);
      took.sort((a, b) => a - b);
      process.send({
        ms: took[took.length >> 1],
        cpu: (user + system) / 1000 / took.length,
        rows: textOf(rows),
        megabytes: process.resourceUsage().maxRSS / 1024,
      });
    } catch (error) {
      process.send({ error: `${error.message ?? error}` });
    }
  });
  process.on('disconnect', () => process.exit(0));
  process.send('ready');
}

/** Numbers and dates as texts: they come in many forms. */
const textOf = (rows) =>
  JSON.parse(JSON.stringify(rows, (_, value) => (typeof value === 'bigint' ? String(value) : value)));

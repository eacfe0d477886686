import { expect, it } from 'vitest';
import { TimeSlice } from './time-slice.ts';

it('lets others be served between any two slices, however many share the time', async () => {
  const order: string[] = [];
  const work = async (name: string): Promise<void> => {
    const slice = new TimeSlice();
    for (let i = 0; i < 3; i++) {
      order.push(name);
      await slice.next();
      expect(slice.isOver).toBe(false);
    }
  };
  const both = Promise.all([work('a'), work('b')]);
  let isOver = false;
  const serve = async (): Promise<void> => {
    while (!isOver) {
      await new Promise((resolve) => setImmediate(resolve));
      order.push('-');
    }
  };
  const serving = serve();
  await both;
  isOver = true;
  await serving;
  // The two begin at once; from then on neither goes on twice, nor both, before others were served.
  expect(order.slice(2).join('')).toMatch(/^(?:-*[ab]-)+-*$/);
  expect(order.filter((name) => name !== '-').join('')).toBe('ababab');
});

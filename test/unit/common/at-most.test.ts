import { setImmediate as turn } from 'node:timers/promises';
import { AtMost } from '../../../src/common/at-most';

test('so much work runs side by side, the rest in order, and a failure frees its place', async () => {
  const turns = new AtMost(2);
  const begun: number[] = [];
  const ends: (() => void)[] = [];
  const works = [0, 1, 2, 3].map((n) =>
    turns.run(async () => {
      begun.push(n);
      await new Promise<void>((end) => ends.push(end));
      if (n === 0) throw new Error('no');
      return n;
    }),
  );
  const first = expect(works[0]).rejects.toThrow('no');
  expect(begun).toEqual([0, 1]);
  ends[0]?.();
  await first;
  expect(begun).toEqual([0, 1, 2]);
  ends[1]?.();
  ends[2]?.();
  expect(await works[2]).toBe(2);
  ends[3]?.();
  expect(await Promise.all(works.slice(1))).toEqual([1, 2, 3]);
  expect(await turns.run(() => Promise.resolve('free'))).toBe('free');
});

test('so many run at once, the others in the order in which they came, also when one fails', async () => {
  const lanes = new AtMost(2);
  const ends: ((isGood: boolean) => void)[] = [];
  const begun: number[] = [];
  const work = (i: number) =>
    lanes.run(async () => {
      begun.push(i);
      if (!(await new Promise<boolean>((end) => (ends[i] = end)))) throw new Error('bad');
      return i;
    });
  const all = Promise.allSettled([0, 1, 2, 3].map(work));
  await turn();
  expect(begun).toEqual([0, 1]);
  ends[1]?.(false);
  await turn();
  expect(begun).toEqual([0, 1, 2]);
  ends[0]?.(true);
  await turn();
  expect(begun).toEqual([0, 1, 2, 3]);
  ends[2]?.(true);
  ends[3]?.(true);
  const results = await all;
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
  expect(await lanes.run(() => Promise.resolve('free'))).toBe('free');
});

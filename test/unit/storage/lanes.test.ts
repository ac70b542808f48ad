import { setImmediate as turn } from 'node:timers/promises';
import { Lanes } from '../../../src/storage/lanes';

it('so many run at once, the others in the order in which they came, also when one fails', async () => {
  const lanes = new Lanes(2);
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

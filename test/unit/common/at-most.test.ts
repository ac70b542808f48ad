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

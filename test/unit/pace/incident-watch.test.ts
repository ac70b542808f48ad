import { IncidentWatch } from '../../../src/pace/incident-watch';

const MINUTE = 60_000;

describe('an incident of the platform', () => {
  let watch: IncidentWatch;
  const fail = (account: number, atMs = 0, kind: 'instagram_error' | 'timeout_error' = 'instagram_error') =>
    watch.saw(String(account), kind, atMs);
  const succeed = (account: number, atMs = 0) => watch.saw(String(account), null, atMs);
  beforeEach(() => {
    watch = new IncidentWatch();
  });

  it('is one class of error over five accounts', () => {
    expect([1, 2, 3, 4].map((account) => fail(account))).toEqual([null, null, null, null]);
    expect(fail(5)).toBe('instagram_error');
  });

  it('is not one account failing over and over', () => {
    for (let i = 0; i < 50; i += 1) expect(fail(1, i)).toBeNull();
  });

  it('is not five accounts among many that work', () => {
    for (let account = 100; account < 110; account += 1) succeed(account);
    for (const account of [1, 2, 3, 4, 5]) expect(fail(account)).toBeNull();
  });

  it('is not two classes of error mixed', () => {
    for (const account of [1, 2, 3, 4]) fail(account);
    for (const account of [5, 6, 7]) expect(fail(account, 0, 'timeout_error')).toBeNull();
  });

  it('is not spread over an afternoon', () => {
    for (let account = 1; account < 20; account += 1) expect(fail(account, account * MINUTE)).toBeNull();
  });

  it('counts what an account met last: one that works again is no victim', () => {
    for (const account of [1, 2, 3, 4]) fail(account);
    succeed(1);
    expect(fail(5)).toBeNull();
  });

  it.each(['invalid_token', 'media_unreachable', 'rate_limit_exceeded', 'permission_denied'] as const)(
    'is never %s: that is about accounts and posts',
    (kind) => {
      for (let account = 1; account < 20; account += 1) expect(watch.saw(String(account), kind, 0)).toBeNull();
    },
  );

  it('starts anew once it is known', () => {
    for (const account of [1, 2, 3, 4, 5]) fail(account);
    watch.forget();
    expect(fail(6)).toBeNull();
  });
});

import type { GraphCallObservation } from '../../../src/graph';
import { gateNews, type PaceFailure } from '../../../src/pace/gate-policy';

const caller = { accountId: '178', login: 'facebook' } as const;
const counters = (percent: number) => ({ callCount: percent, totalTime: 3, totalCpuTime: 4 });

function call(usage: Partial<GraphCallObservation['usage']> = {}): GraphCallObservation {
  return {
    method: 'GET',
    host: 'facebook',
    route: '/{ig-id}',
    status: 200,
    durationMs: 5,
    kind: null,
    code: null,
    subcode: null,
    fbtraceId: null,
    usage: { appUsage: null, businessUsage: [], ...usage },
  };
}
const business = (percent: number, regainMinutes = 0) => ({
  businessUsage: [{ objectId: '178', type: 'instagram', regainMinutes, ...counters(percent) }],
});
const throttled = (more: Partial<PaceFailure> = {}): PaceFailure => ({ kind: 'rate_limit_exceeded', ...more });

describe('what an answer says about our pace', () => {
  it('nothing, where it has no usage headers and is no refusal', () => {
    expect(gateNews(caller, [call()], null)).toEqual([]);
  });

  it('the highest of the three counters is the usage; the last answer is the newest', () => {
    const news = gateNews(caller, [call({ appUsage: counters(90) }), call({ appUsage: counters(40) })], null);
    expect(news).toEqual([expect.objectContaining({ scope: 'app', subject: 'facebook', usage: 40, closeForMs: null })]);
  });

  it('100 in any counter means silence: for the time that Meta gives, else an hour', () => {
    expect(gateNews(caller, [call(business(100, 7))], null)).toEqual([
      expect.objectContaining({ scope: 'account', subject: '178', closeForMs: 7 * 60_000 }),
    ]);
    expect(gateNews(caller, [call({ appUsage: counters(130) })], null)).toEqual([
      expect.objectContaining({ scope: 'app', closeForMs: 3_600_000 }),
    ]);
  });

  it('a regain time means silence whatever the counters say', () => {
    expect(gateNews(caller, [call(business(20, 2))], null)[0]?.closeForMs).toBe(120_000);
  });

  it.each([
    ['app', 'facebook'],
    ['account', '178'],
  ] as const)('a refusal of scope %s silences %s', (scope, subject) => {
    const news = gateNews(caller, [], throttled({ scope, retryAfterSeconds: 60 }));
    expect(news).toEqual([expect.objectContaining({ scope, subject, closeForMs: 60_000 })]);
  });

  it('a refusal without a time silences for an hour', () => {
    expect(gateNews(caller, [], throttled({ scope: 'account' }))[0]?.closeForMs).toBe(3_600_000);
  });

  it.each(['action_blocked', 'quota_exceeded', 'invalid_token', 'network_error'] as const)(
    '%s closes no gate',
    (kind) => {
      expect(gateNews(caller, [], { kind, scope: 'account', retryAfterSeconds: 600 })).toEqual([]);
    },
  );
});

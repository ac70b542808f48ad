import type { Gate } from '../../../src/pace/gate-policy';
import {
  callToMake,
  holdFor,
  isHeldTooLong,
  mustCountExactly,
  slowed,
  type PacedPost,
  type Standing,
} from '../../../src/publishing/pacing';
import type { Call, PublishingState } from '../../../src/publishing/publishing-state';
import type { QuotaLedger } from '../../../src/quota/quota';
import { ago, inMs, NOW, ready, rules, stateOf, verifying, waiting } from './state-of';

const HOUR = 3_600_000;
const quota = (given: Partial<QuotaLedger> = {}): QuotaLedger => ({
  total: 50,
  external: 0,
  seenAt: ago(1_000),
  exhaustedUntil: null,
  ours: 0,
  oldest: null,
  latest: null,
  containers: 0,
  firstContainerHour: null,
  ...given,
});
const standing = (given: Partial<Standing> = {}): Standing => ({
  paused: false,
  actionRequired: null,
  gates: [],
  quota: quota(),
  ...given,
});
const gate = (scope: Gate['scope'], given: Partial<Gate> = {}): Gate => ({
  scope,
  closedUntil: inMs(600_000),
  stated: true,
  why: 'because',
  usage: 0,
  ...given,
});
const post = (state: PublishingState, given: Partial<Standing> = {}): PacedPost => ({
  ...state,
  id: 42,
  standing: standing(given),
});
const linking = () => stateOf({ status: 'completed', outcome: 'live', step: 'link', instagramPostId: '9' });
const hold = (one: PacedPost, call: Call) => holdFor(one, call, NOW, rules);

describe('whether a post may go on', () => {
  it('it may, when nothing speaks against it', () => {
    expect(hold(post(stateOf()), 'create_container')).toBeNull();
    expect(hold(post(ready()), 'publish')).toBeNull();
  });

  it.each<[string, Partial<Standing>]>([
    ['a pause', { paused: true }],
    ['a dead token', { actionRequired: 'token_expired' }],
    ['an incident', { gates: [gate('platform')] }],
  ])('%s holds everything but the verification of a call that was made', (_, given) => {
    expect(hold(post(stateOf(), given), 'create_container')).not.toBeNull();
    expect(hold(post(waiting(), given), 'read_container')).not.toBeNull();
    expect(hold(post(ready(), given), 'publish')).not.toBeNull();
    expect(hold(post(verifying(1_000), given), 'read_container')).toBeNull();
  });

  it('a gate of the account or the app holds every call until the time that Instagram gave', () => {
    for (const scope of ['account', 'app'] as const)
      for (const [state, call] of [
        [stateOf(), 'create_container'],
        [ready(), 'publish'],
        [verifying(1_000), 'read_container'],
        [linking(), 'read_permalink'],
      ] as const) {
        const held = hold(post(state, { gates: [gate(scope)] }), call);
        expect(held).toMatchObject({ reason: 'throttled' });
        expect(held?.until.getTime()).toBeGreaterThanOrEqual(inMs(600_000).getTime());
      }
  });

  it('verification does not wait for a time that Instagram did not give', () => {
    const gates = [gate('app', { stated: false })];
    expect(hold(post(verifying(1_000), { gates }), 'read_container')).toBeNull();
    expect(hold(post(ready(), { gates }), 'publish')).toMatchObject({ reason: 'throttled' });
  });

  it('a gate whose time has passed is open', () => {
    expect(hold(post(ready(), { gates: [gate('account', { closedUntil: ago(1) })] }), 'publish')).toBeNull();
  });

  it('when an incident may be over, one post dares a call; never for decoration', () => {
    const gates = [gate('platform', { closedUntil: ago(1) })];
    expect(hold(post(ready(), { gates }), 'publish')).toMatchObject({ reason: 'platform_incident', isProbe: true });
    expect(hold(post(linking(), { gates }), 'read_permalink')).toMatchObject({ isProbe: false });
  });

  it('the quota holds what publishes, and containers have a quota of their own', () => {
    const usedUp = { quota: quota({ ours: 50, oldest: ago(23 * HOUR) }) };
    expect(hold(post(ready(), usedUp), 'publish')).toMatchObject({ reason: 'publishing_quota', until: inMs(HOUR) });
    expect(hold(post(stateOf(), usedUp), 'create_container')).toBeNull();
    const many = { quota: quota({ containers: 400, firstContainerHour: ago(HOUR) }) };
    expect(hold(post(stateOf(), many), 'create_container')).toMatchObject({ reason: 'container_quota' });
    expect(hold(post(ready(), many), 'publish')).toBeNull();
  });

  it('late posts of an account leave one by one; a post in time never waits for them', () => {
    const busy = { quota: quota({ latest: ago(1_000) }) };
    const late = hold(post(ready({ dueAt: ago(rules.backlogAfterMs) }), busy), 'publish');
    expect(late).toMatchObject({ reason: 'backlog' });
    expect(late?.until.getTime()).toBeGreaterThanOrEqual(inMs(rules.backlogGapMs - 1_000).getTime());
    expect(hold(post(ready({ dueAt: ago(rules.backlogAfterMs - 1) }), busy), 'publish')).toBeNull();
    const quiet = { quota: quota({ latest: ago(HOUR) }) };
    expect(hold(post(ready({ dueAt: ago(HOUR) }), quiet), 'publish')).toBeNull();
  });

  it('before its time a held post is looked at again at its time; after it, a day later it is over', () => {
    const ahead = stateOf({ status: 'scheduled', dueAt: inMs(300_000) });
    expect(hold(post(ahead, { paused: true }), 'create_container')).toMatchObject({ until: inMs(300_000) });
    const due = hold(post(ready(), { paused: true }), 'publish');
    expect(due?.until).toEqual(new Date(ready().dueAt.getTime() + 24 * HOUR));
    const paused = { reason: 'paused', until: NOW, why: '' } as const;
    expect(isHeldTooLong(ready({ dueAt: ago(24 * HOUR) }), paused, NOW)).toBe(true);
    expect(isHeldTooLong(ready({ dueAt: ago(24 * HOUR - 1) }), paused, NOW)).toBe(false);
    expect(isHeldTooLong(ready({ dueAt: ago(48 * HOUR) }), { ...paused, reason: 'publishing_quota' }, NOW)).toBe(false);
    expect(isHeldTooLong(verifying(48 * HOUR, { dueAt: ago(48 * HOUR) }), paused, NOW)).toBe(false);
  });
});

describe('the question about the quota', () => {
  it('comes before the first container, and before a post that would have to wait on old knowledge', () => {
    expect(callToMake(post(stateOf(), { quota: quota({ seenAt: null }) }), NOW)).toBe('read_quota');
    expect(callToMake(post(stateOf()), NOW)).toBe('create_container');
    const usedUp = { ours: 50, oldest: ago(HOUR) };
    expect(callToMake(post(ready(), { quota: quota({ ...usedUp, seenAt: ago(HOUR) }) }), NOW)).toBe('read_quota');
    expect(callToMake(post(ready(), { quota: quota(usedUp) }), NOW)).toBe('publish');
  });

  it('is not put while Instagram refuses, nor during an incident', () => {
    const refused = quota({ exhaustedUntil: inMs(HOUR), seenAt: ago(HOUR) });
    expect(callToMake(post(ready(), { quota: refused }), NOW)).toBe('publish');
    const unseen = { quota: quota({ seenAt: null }), gates: [gate('platform')] };
    expect(callToMake(post(stateOf(), unseen), NOW)).toBe('create_container');
  });

  it('is counted exactly where the count decides', () => {
    expect(mustCountExactly(post(ready()), NOW, rules)).toBe(false);
    expect(mustCountExactly(post(ready(), { quota: quota({ ours: 45 }) }), NOW, rules)).toBe(true);
    expect(mustCountExactly(post(ready({ dueAt: ago(rules.backlogAfterMs) })), NOW, rules)).toBe(true);
  });
});

describe('usage', () => {
  const change = { set: {}, lookAgainAt: inMs(1_000), why: '' };

  it.each([
    [0, 1_000],
    [75, 2_000],
    [90, 4_000],
  ])('at %i per cent a container is looked at again after %i ms', (usage, ms) => {
    const one = post(waiting(), { gates: [gate('app', { usage, closedUntil: null })] });
    expect(slowed(change, one, NOW).lookAgainAt).toEqual(inMs(ms));
  });

  it('never makes a due post or a verification wait', () => {
    const gates = [gate('account', { usage: 99, closedUntil: null })];
    expect(slowed({ ...change, set: { step: 'publish' } }, post(waiting(), { gates }), NOW)).toMatchObject(change);
    expect(slowed(change, post(verifying(1_000), { gates }), NOW)).toMatchObject(change);
    expect(hold(post(ready(), { gates }), 'publish')).toBeNull();
  });

  it('puts permalinks off', () => {
    const gates = [gate('account', { usage: 80, closedUntil: null })];
    expect(hold(post(linking(), { gates }), 'read_permalink')).toMatchObject({ reason: 'throttled' });
  });
});

import { callFor, nextStep } from '../../../src/publishing/next-step';
import { containerIsTooOld } from '../../../src/publishing/preparing';
import { STEPS } from '../../../src/posts/post-state';
import { ago, become, failure, inMs, NOW, rules, stateOf, waiting } from './state-of';

describe('the call that a step asks for', () => {
  it.each([
    ['create', null, 'create_container'],
    ['await', null, 'read_container'],
    ['publish', null, 'publish'],
    ['verify', null, 'read_container'],
    ['link', null, 'find_media'],
    ['link', '1789', 'read_permalink'],
    ['done', null, null],
  ] as const)('%s with media id %s asks for %s', (step, instagramPostId, call) => {
    expect(callFor(stateOf({ step, instagramPostId }))).toBe(call);
  });

  it('never asks to publish while an outcome is to be verified', () => {
    const publishing = STEPS.filter((step) => callFor(stateOf({ step })) === 'publish');
    expect(publishing).toEqual(['publish']);
  });
});

describe('a container that Instagram took', () => {
  it('is waited for: looked at after a second, under its committed id', () => {
    const change = nextStep(stateOf(), { what: 'container_created', containerId: '17' }, NOW, rules);
    expect(change.set).toMatchObject({
      status: 'processing',
      step: 'await',
      containerId: '17',
      containerCreatedAt: NOW,
    });
    expect(change.lookAgainAt).toEqual(inMs(1_000));
  });

  it('leaves a scheduled post scheduled until its time', () => {
    const post = stateOf({ status: 'scheduled', dueAt: inMs(60_000) });
    const change = nextStep(post, { what: 'container_created', containerId: '17' }, NOW, rules);
    expect(change.set.status).toBe('scheduled');
  });
});

describe('a container that is being processed', () => {
  const inProgress = { what: 'container_status', code: 'IN_PROGRESS', failure: null } as const;

  it.each([
    [500, 1_000],
    [3_000, 3_000],
    [9_000, 9_000],
    [400_000, 10_000],
  ])('is looked at ever more seldom, at most each poll interval: after %d ms in %d ms', (waited, pause) => {
    const change = nextStep(waiting({ containerCreatedAt: ago(waited) }), inProgress, NOW, rules);
    expect(change.lookAgainAt).toEqual(inMs(pause));
    expect(change.set.step).toBeUndefined();
  });

  it('is replaced by a new one after the poll timeout, twice, and then the post fails as not live', () => {
    let post = waiting({ containerCreatedAt: ago(600_000) });
    for (let made = 1; made <= 2; made++) {
      const change = nextStep(post, inProgress, NOW, rules);
      expect(change.set).toMatchObject({ step: 'create', containerId: null, status: 'posting' });
      expect(change.lookAgainAt).toEqual(inMs(120_000));
      const fresh = nextStep(become(post, change), { what: 'container_created', containerId: '18' }, NOW, rules);
      post = { ...become(become(post, change), fresh), containerCreatedAt: ago(600_000) };
    }
    const last = nextStep(post, inProgress, NOW, rules);
    expect(last.set).toMatchObject({ status: 'failed', outcome: 'not_live', step: 'done' });
    expect(last.lookAgainAt).toBeNull();
  });
});

describe('a container that is ready', () => {
  const finished = { what: 'container_status', code: 'FINISHED', failure: null } as const;

  it('is published at once when its time has come', () => {
    const change = nextStep(waiting(), finished, NOW, rules);
    expect(change.set.step).toBe('publish');
    expect(change.lookAgainAt).toEqual(NOW);
  });

  it('is claimed a moment before the second of a scheduled post, at which alone it is published', () => {
    const change = nextStep(waiting({ status: 'scheduled', dueAt: inMs(42_000) }), finished, NOW, rules);
    expect(change.set).toMatchObject({ step: 'publish', status: 'scheduled' });
    expect(change.lookAgainAt).toEqual(inMs(42_000 - rules.claimLeadMs));
    const soon = nextStep(waiting({ status: 'scheduled', dueAt: inMs(500) }), finished, NOW, rules);
    expect(soon.lookAgainAt).toEqual(NOW);
  });
});

describe('a container that Instagram gave up on', () => {
  it.each(['ERROR', 'EXPIRED'] as const)('%s for a content reason fails the post with that reason', (code) => {
    const why = failure('media_invalid_format', { subcode: 2207026 });
    const change = nextStep(waiting(), { what: 'container_status', code, failure: why }, NOW, rules);
    expect(change.set).toMatchObject({ status: 'failed', outcome: 'not_live', error: why });
  });

  it.each(['instagram_error', 'media_processing_error', 'media_unreachable', 'network_error'] as const)(
    'for a passing reason (%s) is always replaced: a dead container is not read again',
    (kind) => {
      const change = nextStep(
        waiting(),
        { what: 'container_status', code: 'ERROR', failure: failure(kind) },
        NOW,
        rules,
      );
      expect(change.set).toMatchObject({ step: 'create', containerId: null, failures: { [kind]: 1 } });
    },
  );

  it('that says PUBLISHED without a call of ours means that the post is live, not that it should be published', () => {
    const change = nextStep(waiting(), { what: 'container_status', code: 'PUBLISHED', failure: null }, NOW, rules);
    expect(change.set).toMatchObject({ status: 'completed', outcome: 'live', step: 'link' });
  });
});

describe('a call before publishing that failed', () => {
  it('is made again by the retry policy', () => {
    const change = nextStep(stateOf(), { what: 'call_failed', failure: failure('network_error') }, NOW, rules);
    expect(change).toMatchObject({ lookAgainAt: inMs(5_000), set: { failures: { network_error: 1 } } });
    expect(change.set.step).toBeUndefined();
  });

  it('fails the post at once when a repeat cannot help', () => {
    const why = failure('token_expired', { code: 190, subcode: 463, fbtraceId: 'A1' });
    const change = nextStep(stateOf(), { what: 'call_failed', failure: why }, NOW, rules);
    expect(change).toMatchObject({ lookAgainAt: null, set: { status: 'failed', outcome: 'not_live', error: why } });
  });

  it('as an unreadable container is waited for until the poll timeout: fresh ones answer 100/33 and heal', () => {
    const missing = { what: 'call_failed', failure: failure('object_missing') } as const;
    expect(nextStep(waiting(), missing, NOW, rules)).toMatchObject({ set: {}, lookAgainAt: inMs(10_000) });
    const late = nextStep(waiting({ containerCreatedAt: ago(600_000) }), missing, NOW, rules);
    expect(late.set).toMatchObject({ step: 'create', containerId: null });
  });
});

describe('a scheduled post whose time is still to come', () => {
  const ahead = { status: 'scheduled', dueAt: inMs(60_000) } as const;
  const bad = failure('media_invalid_format', { subcode: 2207026 });

  it.each([
    ['a refused container', stateOf(ahead), { what: 'call_failed', failure: bad }],
    ['a failed container', waiting(ahead), { what: 'container_status', code: 'ERROR', failure: bad }],
  ] as const)('is told to be at risk by %s, and tried from scratch at its time', (_what, post, heard) => {
    const change = nextStep(post, heard, NOW, rules);
    expect(change).toMatchObject({ risk: bad, lookAgainAt: inMs(60_000) });
    expect(change.set).toMatchObject({
      status: 'scheduled',
      outcome: 'not_live',
      step: 'create',
      error: bad,
      failures: {},
    });
  });

  it('is not at risk any more once Instagram takes its media', () => {
    const change = nextStep(stateOf(ahead), { what: 'container_created', containerId: '17' }, NOW, rules);
    expect(change.set.error).toBeNull();
    expect(change.risk).toBeUndefined();
  });

  it('fails like any other when the same goes wrong at its time', () => {
    const change = nextStep(
      stateOf({ status: 'scheduled', dueAt: NOW }),
      { what: 'call_failed', failure: bad },
      NOW,
      rules,
    );
    expect(change.set).toMatchObject({ status: 'failed', outcome: 'not_live' });
  });
});

it('a container is too old to be published after 24 hours, not before', () => {
  const day = 24 * 3_600_000;
  expect(containerIsTooOld(waiting({ containerCreatedAt: ago(day - 1) }), NOW)).toBe(false);
  expect(containerIsTooOld(waiting({ containerCreatedAt: ago(day) }), NOW)).toBe(true);
  expect(containerIsTooOld(stateOf(), NOW)).toBe(false);
});

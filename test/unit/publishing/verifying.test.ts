import fc from 'fast-check';
import { nextStep } from '../../../src/publishing/next-step';
import type { ContainerCode, Heard } from '../../../src/publishing/publishing-state';
import { intentToPublish } from '../../../src/publishing/verifying';
import { afterFailure, isThrottle } from '../../../src/publishing/retry-policy';
import { ago, allKinds, become, failure, inMs, NOW, ready, rules, verifying } from './state-of';

const says = (code: ContainerCode, why = null as ReturnType<typeof failure> | null): Heard => ({
  what: 'container_status',
  code,
  failure: why,
});

describe('before a publish call', () => {
  it('the intent says everything that a successor needs to verify it: unknown, when, on which container, the how manieth', () => {
    const change = intentToPublish(ready(), NOW, rules);
    expect(change.set).toEqual({
      status: 'processing',
      outcome: 'unknown',
      step: 'verify',
      intentAt: NOW,
      publishCalls: 1,
      refusal: null,
    });
    expect(change.lookAgainAt).toEqual(inMs(5_000));
  });
});

describe('an answer to a publish call', () => {
  it('that confirms it makes the post live with its media id', () => {
    const change = nextStep(verifying(100), { what: 'published', mediaId: '1792' }, NOW, rules);
    expect(change.set).toMatchObject({ status: 'completed', outcome: 'live', instagramPostId: '1792', postedAt: NOW });
  });

  it.each(allKinds)('of kind %s leads to reading the container, never to a repeat', (kind) => {
    const change = nextStep(verifying(100), { what: 'publish_unclear', failure: failure(kind) }, NOW, rules);
    expect(change.set.step).toBeUndefined();
    expect(change.set.status).toBeUndefined();
    expect(change.lookAgainAt).toEqual(inMs(4_900));
  });

  it('that never was, since no connection came about, takes the intent back and tries again later', () => {
    const change = nextStep(
      verifying(100),
      { what: 'publish_not_sent', failure: failure('network_error') },
      NOW,
      rules,
    );
    expect(change.set).toMatchObject({ step: 'publish', outcome: 'not_live', publishCalls: 0 });
    expect(change.lookAgainAt).toEqual(inMs(5_000));
  });

  it('that never was, four times in a row, fails the post: nothing was ever sent', () => {
    const post = verifying(100, { failures: { network_error: 3 } });
    const change = nextStep(post, { what: 'publish_not_sent', failure: failure('network_error') }, NOW, rules);
    expect(change.set).toMatchObject({ status: 'failed', outcome: 'not_live', step: 'done' });
  });
});

describe('the container after an unclear publish call', () => {
  it('PUBLISHED: the post is live; its media id is looked for', () => {
    const change = nextStep(verifying(5_000), says('PUBLISHED'), NOW, rules);
    expect(change.set).toMatchObject({ status: 'completed', outcome: 'live', step: 'link', instagramPostId: null });
    expect(change.set.postedAt).toEqual(ago(5_000));
  });

  // Meta calls a container that is being published IN_PROGRESS, too. Taken for proof, a container made ahead was given up
  // at once as too slow (and a second one published), and one that could not be read any more was called failed.
  it.each([
    ['IN_PROGRESS', 'unreadable'],
    ['IN_PROGRESS', 'IN_PROGRESS'],
  ] as const)('that says %s, then %s, right after the call is neither given up nor called failed', (first, second) => {
    const post = verifying(5_000, { containerCreatedAt: ago(900_000) });
    const read = become(post, nextStep(post, says(first), NOW, rules));
    const heard: Heard =
      second === 'unreadable' ? { what: 'call_failed', failure: failure('invalid_token') } : says(second);
    expect(become(read, nextStep(read, heard, NOW, rules))).toMatchObject({
      status: 'processing',
      outcome: 'unknown',
      containerId: post.containerId,
    });
  });

  it('IN_PROGRESS before the last delay: an effect may still arrive, it is read again', () => {
    const change = nextStep(verifying(60_000), says('IN_PROGRESS'), NOW, rules);
    expect(change.set).toEqual({});
    expect(change.lookAgainAt).toEqual(inMs(60_000));
  });

  it('still IN_PROGRESS after the last delay: the same container is waited for; no doubt is counted', () => {
    const change = nextStep(verifying(120_000), says('IN_PROGRESS'), NOW, rules);
    expect(change.set).toEqual({ step: 'await', outcome: 'not_live', refusal: null });
  });

  it('ERROR: proved not live; fails with the reason, or makes a new container where that can help', () => {
    const bad = nextStep(verifying(5_000), says('ERROR', failure('media_invalid_format')), NOW, rules);
    expect(bad.set).toMatchObject({ status: 'failed', outcome: 'not_live' });
    const mendable = nextStep(verifying(5_000), says('ERROR', failure('media_processing_error')), NOW, rules);
    expect(mendable.set).toMatchObject({ step: 'create', outcome: 'not_live', containerId: null, publishCalls: 0 });
  });

  it.each([
    [0, 5_000],
    [5_000, 15_000],
    [15_001, 30_000],
    [30_000, 60_000],
    [60_000, 120_000],
    [119_999, 120_000],
  ])('FINISHED %d ms after the call is read again %d ms after the call', (since, at) => {
    const change = nextStep(verifying(since), says('FINISHED'), NOW, rules);
    expect(change.set).toEqual({});
    expect(change.lookAgainAt).toEqual(inMs(at - since));
  });

  it('still FINISHED after the last delay: the same container is published once more', () => {
    const post = verifying(120_000, { refusal: failure('timeout_error') });
    const change = nextStep(post, says('FINISHED'), NOW, rules);
    expect(change.set).toEqual({ step: 'publish', outcome: 'not_live', doubts: 1, refusal: null });
    expect(become(post, change).containerId).toBe(post.containerId);
    expect(change.lookAgainAt).toEqual(NOW);
  });

  it('a second doubt is one for a person: needs_review, never a third call', () => {
    const post = verifying(120_000, { doubts: 1, publishCalls: 2 });
    const change = nextStep(post, says('FINISHED'), NOW, rules);
    expect(change.set).toMatchObject({ status: 'needs_review', outcome: 'unknown', step: 'done', doubts: 2 });
    expect(change.lookAgainAt).toBeNull();
  });

  it.each(['rate_limit_exceeded', 'quota_exceeded'] as const)(
    'a refusal by %s waits for as long as it takes',
    (kind) => {
      const told = verifying(120_000, { refusal: failure(kind, { retryAfterSeconds: 90 }), doubts: 1 });
      expect(nextStep(told, says('FINISHED'), NOW, rules)).toMatchObject({
        set: { step: 'publish', doubts: 1 },
        lookAgainAt: inMs(90_000),
      });
      const untold = verifying(120_000, { refusal: failure(kind) });
      expect(nextStep(untold, says('FINISHED'), NOW, rules).lookAgainAt).toEqual(inMs(3_600_000));
    },
  );

  it.each(['token_expired', 'permission_denied', 'action_blocked', 'account_action_required'] as const)(
    'a refusal for %s fails the post only once the container is proved unpublished',
    (kind) => {
      const early = nextStep(verifying(60_000, { refusal: failure(kind) }), says('FINISHED'), NOW, rules);
      expect(early.set).toEqual({});
      const settled = nextStep(verifying(120_000, { refusal: failure(kind) }), says('FINISHED'), NOW, rules);
      expect(settled.set).toMatchObject({ status: 'failed', outcome: 'not_live', error: failure(kind) });
    },
  );
});

describe('a container that cannot be read after a publish call', () => {
  it.each(allKinds)('(%s) is read again and again, and never replaced', (kind) => {
    const post = verifying(10_000);
    const change = nextStep(post, { what: 'call_failed', failure: failure(kind) }, NOW, rules);
    expect(change.set).toEqual({});
    expect(change.lookAgainAt).toEqual(inMs(5_000));
  });

  it('goes on being read after the last delay, and becomes needs_review when the container is a day old', () => {
    const unreadable: Heard = { what: 'call_failed', failure: failure('object_missing') };
    const later = nextStep(verifying(500_000), unreadable, NOW, rules);
    expect(later.lookAgainAt).toEqual(inMs(120_000));
    const old = nextStep(verifying(500_000, { containerCreatedAt: ago(24 * 3_600_000) }), unreadable, NOW, rules);
    expect(old.set).toMatchObject({ status: 'needs_review', outcome: 'unknown' });
  });
});

describe('whatever Instagram says and in whatever order', () => {
  const heard = fc.oneof(
    fc
      .constantFrom<ContainerCode>('IN_PROGRESS', 'FINISHED', 'PUBLISHED', 'ERROR', 'EXPIRED')
      .chain((code) =>
        fc.option(fc.constantFrom(...allKinds)).map((kind): Heard => says(code, kind === null ? null : failure(kind))),
      ),
    fc.constantFrom(...allKinds).map((kind): Heard => ({ what: 'call_failed', failure: failure(kind) })),
  );

  it('an unknown outcome only ever ends by proof or by a person, and a new container needs proof', () => {
    fc.assert(
      fc.property(
        heard,
        fc.integer({ min: 0, max: 90_000_000 }),
        fc.integer({ min: 0, max: 1 }),
        (said, since, doubts) => {
          const post = verifying(since, { doubts, publishCalls: doubts + 1 });
          const { set } = nextStep(post, said, NOW, rules);
          const proof = said.what === 'container_status' && (said.code === 'ERROR' || said.code === 'EXPIRED');
          if (set.step === 'create') expect(proof).toBe(true);
          if (set.status === 'failed') expect(proof).toBe(true);
          if (set.step === 'publish') {
            expect(said).toMatchObject({ code: 'FINISHED' });
            expect(since).toBeGreaterThanOrEqual(120_000);
          }
          if (set.status === 'completed') expect(said).toMatchObject({ code: 'PUBLISHED' });
        },
      ),
    );
  });
});

it('throttles are waits, not failures: no number of them uses up a budget', () => {
  for (const kind of allKinds.filter(isThrottle))
    expect(afterFailure(failure(kind), { [kind]: 1_000 })).toMatchObject({ do: 'retry', newContainer: false });
});

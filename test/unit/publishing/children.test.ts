import { childInHand } from '../../../src/publishing/children';
import { callFor, nextStep } from '../../../src/publishing/next-step';
import type { Child, Heard, PublishingState } from '../../../src/publishing/publishing-state';
import { carouselSpec } from '../../../src/publishing/specs';
import { ago, become, failure, inMs, NOW, rules, stateOf } from './state-of';

const unborn: Child = { containerId: null, createdAt: null, ready: false };
const made = (containerId: string, ageMs = 4_000): Child => ({
  containerId,
  createdAt: ago(ageMs).toISOString(),
  ready: false,
});
const ready = (containerId: string): Child => ({ ...made(containerId), ready: true });

/** A carousel of three of which so much is done. */
const carousel = (children: Child[] = [], given: Partial<PublishingState> = {}) =>
  stateOf({ childrenNeeded: 3, children, ...given });

const status = (code: 'IN_PROGRESS' | 'FINISHED' | 'PUBLISHED' | 'ERROR' | 'EXPIRED'): Heard => ({
  what: 'child_status',
  code,
  failure: null,
});
const failed = (kind: Parameters<typeof failure>[0]): Heard => ({ what: 'call_failed', failure: failure(kind) });
const hear = (post: PublishingState, heard: Heard) => nextStep(post, heard, NOW, rules);
const ids = (post: PublishingState) => post.children.map(({ containerId }) => containerId);

describe('the calls of a carousel', () => {
  it('make every child, read every child, and only then the parent', () => {
    let post = carousel();
    const calls: unknown[] = [];
    for (let id = 1; callFor(post) !== 'create_container'; id += 1) {
      calls.push([callFor(post), childInHand(post)?.index]);
      const heard = callFor(post) === 'create_child' ? { what: 'child_created' as const, containerId: `${id}` } : null;
      post = become(post, hear(post, heard ?? status('FINISHED')));
    }
    expect(calls).toEqual([
      ['create_child', 0],
      ['create_child', 1],
      ['create_child', 2],
      ['read_child', 0],
      ['read_child', 1],
      ['read_child', 2],
    ]);
    expect(ids(post)).toEqual(['1', '2', '3']);
    expect(carouselSpec({ ...post, caption: null, options: {} })).toMatchObject({ children: ['1', '2', '3'] });
    const parent = become(post, hear(post, { what: 'container_created', containerId: '9' }));
    expect(parent).toMatchObject({ step: 'await', containerId: '9', children: post.children });
    expect(callFor(parent)).toBe('read_container');
  });

  it('of anything else are about no child', () => {
    expect(childInHand(stateOf())).toBeNull();
    expect(callFor(stateOf())).toBe('create_container');
  });

  it('make a child that is missing before any is read', () => {
    expect(callFor(carousel([made('1'), unborn, ready('3')]))).toBe('create_child');
    expect(childInHand(carousel([made('1'), unborn, ready('3')]))?.index).toBe(1);
  });
});

describe('a child that Instagram took', () => {
  it('is followed by the next at once, and the last is given a second', () => {
    const first = hear(carousel(), { what: 'child_created', containerId: '1' });
    expect(first.lookAgainAt).toEqual(NOW);
    expect(first.set).toMatchObject({
      status: 'posting',
      children: [{ containerId: '1', createdAt: NOW.toISOString(), ready: false }, unborn, unborn],
    });
    const last = hear(carousel([made('1'), made('2')]), { what: 'child_created', containerId: '3' });
    expect(last.lookAgainAt).toEqual(inMs(1_000));
  });

  it('leaves a scheduled post scheduled until its time', () => {
    const post = carousel([], { status: 'scheduled', dueAt: inMs(60_000) });
    expect(hear(post, { what: 'child_created', containerId: '1' }).set.status).toBe('scheduled');
  });
});

describe('a child that is being processed', () => {
  it.each([
    [500, 1_000],
    [3_000, 3_000],
    [400_000, 10_000],
  ])('is looked at as a container is: after %d ms in %d ms', (waited, pause) => {
    const change = hear(carousel([ready('1'), made('2', waited), made('3')]), status('IN_PROGRESS'));
    expect(change.lookAgainAt).toEqual(inMs(pause));
    expect(change.set.children).toBeUndefined();
  });

  it('is made again by itself after the poll timeout', () => {
    const post = carousel([ready('1'), made('2', 600_000), made('3')]);
    const change = hear(post, status('IN_PROGRESS'));
    expect(ids(become(post, change))).toEqual(['1', null, '3']);
    expect(change.lookAgainAt).toEqual(inMs(120_000));
    expect(change.why).toContain('Item 2 of 3');
  });
});

describe('a child that ends badly', () => {
  it.each([['ERROR'], ['EXPIRED']] as const)('in %s is made again, its siblings are kept', (code) => {
    const post = carousel([ready('1'), made('2'), ready('3')]);
    const after = become(post, hear(post, status(code)));
    expect(after).toMatchObject({ step: 'create', status: 'posting', outcome: 'not_live' });
    expect(after.children).toEqual([post.children[0], unborn, post.children[2]]);
    expect(callFor(after)).toBe('create_child');
  });

  it('again and again fails the post, which says which item it was', () => {
    let post = carousel([ready('1'), made('2'), ready('3')]);
    for (let again = 1; again <= 2; again += 1) {
      post = become(post, hear(post, status('ERROR')));
      post = become(post, hear(post, { what: 'child_created', containerId: `2-${again}` }));
    }
    const change = hear(post, status('ERROR'));
    expect(change.set).toMatchObject({ status: 'failed', outcome: 'not_live', step: 'done' });
    expect(change.set.error?.advice).toMatch(/^Item 2 of 3: /);
    expect(change.lookAgainAt).toBeNull();
  });

  it('that Instagram refuses for what it is fails the post at once', () => {
    const change = hear(carousel([made('1'), made('2')]), failed('media_aspect_ratio_error'));
    expect(change.set).toMatchObject({ status: 'failed', outcome: 'not_live' });
    expect(change.set.error?.advice).toBe('Item 3 of 3: about media_aspect_ratio_error');
  });

  it('is not blamed for what would have met any call', () => {
    const change = hear(carousel([made('1')]), failed('invalid_token'));
    expect(change.set.error?.advice).toBe('about invalid_token');
  });

  it('before the time of the post is told, and made again when the time comes, its siblings kept', () => {
    const dueAt = inMs(60_000);
    const post = carousel([ready('1')], { status: 'scheduled', dueAt });
    const change = hear(post, failed('media_too_large'));
    expect(change.lookAgainAt).toEqual(dueAt);
    expect(change.risk?.advice).toMatch(/^Item 2 of 3: /);
    expect(become(post, change)).toMatchObject({ status: 'scheduled', step: 'create', failures: {} });
    expect(ids(become(post, change))).toEqual(['1', null, null]);
  });
});

describe('a call about a child that fails', () => {
  it('for now is made again later, and nothing is given up', () => {
    const post = carousel([ready('1'), made('2'), made('3')]);
    const change = hear(post, failed('network_error'));
    expect(change.set).toEqual({ failures: { network_error: 1 } });
    expect(change.lookAgainAt).toEqual(inMs(5_000));
    expect(hear(carousel(), failed('rate_limit_exceeded')).lookAgainAt).toEqual(inMs(3_600_000));
  });

  it('since the child cannot be read is waited out, until the poll timeout', () => {
    const fresh = hear(carousel([made('1'), made('2'), made('3')]), failed('object_missing'));
    expect(fresh).toMatchObject({ set: {}, lookAgainAt: inMs(10_000) });
    const post = carousel([made('1', 600_000), made('2'), made('3')]);
    expect(ids(become(post, hear(post, failed('object_missing'))))).toEqual([null, '2', '3']);
  });
});

describe('a parent that does not come about', () => {
  const all = [ready('1'), ready('2'), ready('3')];

  it.each([['object_missing'], ['container_expired'], ['media_processing_error']] as const)(
    'for %s is made again from new children',
    (kind) => {
      const post = become(carousel(all), hear(carousel(all), failed(kind)));
      expect(post).toMatchObject({ step: 'create', children: [] });
      expect(callFor(post)).toBe('create_child');
    },
  );

  it('for children that are not ready after all is asked for again', () => {
    const post = become(carousel(all), hear(carousel(all), failed('container_not_ready')));
    expect(post.children).toEqual(all);
    expect(callFor(post)).toBe('create_container');
  });

  it.each([['ERROR'], ['EXPIRED']] as const)('and one that ends in %s takes its children with it', (code) => {
    const waiting = carousel(all, { step: 'await', containerId: '9', containerCreatedAt: ago(4_000) });
    const change = nextStep(waiting, { what: 'container_status', code, failure: null }, NOW, rules);
    expect(become(waiting, change)).toMatchObject({ step: 'create', containerId: null, children: [] });
  });
});

it('a child is never published, whatever is said of it', () => {
  let post = carousel([made('1'), made('2'), made('3')]);
  for (let read = 0; read < 3; read += 1) {
    expect(callFor(post)).toBe('read_child');
    post = become(post, hear(post, status('PUBLISHED')));
    expect(post.outcome).toBe('not_live');
  }
  expect(callFor(post)).toBe('create_container');
});

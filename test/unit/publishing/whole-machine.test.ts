import fc from 'fast-check';
import type { PostStatus } from '../../../src/posts/post-state';
import { allKinds } from './state-of';
import { LATEST_EFFECT_MS, type Weather } from './model/instagram';
import type { Wish } from './model/row';
import { World, type Event, type NewPost } from './model/world';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const upTo = (max: number) => fc.integer({ min: 0, max });

/** Only what is worse than it could be. */
const badWeather: fc.Arbitrary<Partial<Weather>> = fc.record(
  {
    processingMs: fc.oneof(upTo(30_000), upTo(20 * MINUTE)),
    dies: fc.constant(true),
    create: fc.constantFrom('lost', 'refused'),
    send: fc.constantFrom('lost', 'cut', 'cut', 'refused'),
    arrives: upTo(100),
    sendMs: fc.oneof(upTo(20_000), upTo(5 * MINUTE)),
    status: fc.constantFrom('unreadable', 'FINISHED', 'IN_PROGRESS'),
    effectMs: fc.oneof(fc.constant(null), upTo(LATEST_EFFECT_MS)),
    publish: fc.constantFrom('unclear', 'unclear', 'unclear', 'not_sent'),
    notReadyMs: upTo(MINUTE),
    read: fc.constantFrom('nothing', 'failed'),
    kind: fc.constantFrom(...allKinds),
    retryAfterSeconds: fc.integer({ min: 1, max: 7_200 }),
  },
  { requiredKeys: [] },
);
const weather = fc.oneof(fc.constant({}), badWeather, badWeather);
const worker = fc.constantFrom<0 | 1>(0, 1);

const wish: fc.Arbitrary<Wish> = fc.oneof(
  fc.record({ wish: fc.constant('edit' as const), inMs: fc.oneof(fc.constant(null), upTo(2 * HOUR)) }),
  fc.constantFrom<Wish>({ wish: 'cancel' }, { wish: 'publish' }, { wish: 'retry' }, { wish: 'retry' }),
  fc.record({ wish: fc.constant('resolve' as const), live: fc.boolean() }),
);
const place = fc.constantFrom(
  ...['create_container', 'send_bytes', 'read_container', 'publish'].flatMap((call) => [
    `before ${call}`,
    `after ${call}`,
  ]),
  'while send_bytes',
);
const as = <E extends string>(name: E) => ({ event: fc.constant(name) });
const event: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record(
      { ...as('looks'), times: fc.integer({ min: 1, max: 8 }), weather, diesAt: upTo(8) },
      { requiredKeys: ['event', 'times'] },
    ),
  },
  { weight: 6, arbitrary: fc.record({ ...as('work'), worker, stops: fc.constant(50), weather }) },
  { weight: 3, arbitrary: fc.record({ ...as('work'), worker, stops: fc.constant(50), place, weather }) },
  { weight: 3, arbitrary: fc.record({ ...as('work'), worker, stops: upTo(6), weather }) },
  { weight: 6, arbitrary: fc.constant<Event>({ event: 'next_look' }) },
  {
    weight: 4,
    arbitrary: fc.record({
      ...as('wait'),
      ms: fc.oneof(upTo(2_000), upTo(25_000), upTo(130_000), upTo(HOUR), fc.constant(25 * HOUR)),
    }),
  },
  { weight: 1, arbitrary: fc.record({ ...as('crash'), worker }) },
  { weight: 2, arbitrary: fc.record({ ...as('client'), wish }) },
);
const post: fc.Arbitrary<NewPost> = fc.record({
  dueInMs: fc.oneof(fc.constant(null), upTo(MINUTE), upTo(2 * HOUR)),
  maxLatenessSeconds: fc.oneof(fc.constant(null), upTo(600)),
  videoBytes: fc.constantFrom(null, 100),
});

describe('a post, its workers, its clients and an Instagram that does its worst', () => {
  it('keeps every promise at every moment, and comes to its end within 25 h of good weather', () => {
    const ends = new Set<PostStatus>();
    let calls = 0;
    fc.assert(
      fc.property(post, fc.array(event, { maxLength: 60, size: 'max' }), (given, events) => {
        const world = new World(given);
        for (const one of events) world.happen(one);
        world.recover();
        ends.add(world.row.now.status);
        calls = Math.max(calls, world.row.now.publishCalls);
      }),
      { numRuns: Number(process.env.FC_RUNS ?? 10_000) },
    );
    // Otherwise it would have kept them by doing nothing.
    expect([...ends].sort()).toEqual(['canceled', 'completed', 'draft', 'failed', 'missed', 'needs_review']);
    expect(calls).toBeGreaterThan(1);
  });
});

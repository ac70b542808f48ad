import { CarouselStage } from '../e2e/carousels-stage';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy';
import { PromiseStage, struck, until } from './promise-stage';

const SLOW = { kind: 'slow', ms: 600 };
const FIRST_DELAY_MS = 600;

/**
 * The rest is proved by test/chaos/kill-points.test.ts (killed between any two steps: no call before its intent is
 * committed), kill.test.ts (between the intent and the call) and test/contract/graph-once.test.ts (the client by itself:
 * resets, half answers, redirects, kept sockets).
 */
describe('At most once, point 2: a container id is committed before anything is built on it, the intent before the call', () => {
  let stage: PromiseStage;
  let wire: TcpProxy;

  beforeAll(async () => {
    const emulator = { host: '127.0.0.1', port: 0 };
    wire = await startTcpProxy(emulator);
    const origin = `http://127.0.0.1:${wire.port}`;
    stage = await PromiseStage.open({
      FACEBOOK_GRAPH_URL: origin,
      INSTAGRAM_GRAPH_URL: origin,
      PUBLISH_VERIFY_DELAYS_MS: `${FIRST_DELAY_MS},900,1200`,
    });
    emulator.port = Number(new URL(stage.house.sandbox.url).port);
    stage.house.sandbox.set({ republish: 'duplicate' });
    await stage.house.startWorker();
  }, 60_000);
  afterAll(async () => {
    await stage.close();
    await wire.close();
  });
  beforeEach(() => stage.house.sandbox.state.faults.clear());

  const begin = async (endpoint: string, how: object | string) => {
    const { user, accountId } = await stage.newcomer();
    const fault = stage.fault(endpoint, accountId, how);
    const caption = `Held at ${endpoint}`;
    const post = { id: await stage.post(user, caption), caption, user, accountId };
    await struck(fault);
    return post;
  };

  test('when the container is asked for, its id is committed', async () => {
    const post = await begin('container_status', SLOW);
    expect((await stage.row(post)).container_id).toBe(stage.containers(post)[0]?.container_id);
    await stage.until(post, 'completed');
  });

  test('when the publish call arrives, its intent is committed: container, attempt, time, and that nobody knows', async () => {
    const post = await begin('media_publish', SLOW);
    const row = await stage.row(post);
    expect(stage.live(post)).toEqual([]);
    expect(row).toMatchObject({
      status: 'processing',
      outcome: 'unknown',
      step: 'verify',
      container_id: stage.containers(post)[0]?.container_id,
      publish_calls: 1,
    });
    const arrivedAt = Date.parse(stage.calls(post, 'media_publish')[0]?.at ?? '');
    const intentAt = row.intent_at?.getTime() ?? 0;
    expect(intentAt).toBeLessThanOrEqual(arrivedAt + 1);
    expect(arrivedAt - intentAt).toBeLessThan(2_000);
    await stage.until(post, 'completed');
    expect(stage.live(post)[0]?.container_id).toBe(row.container_id);
  });

  test('a second call is made under an intent of its own', async () => {
    const post = await begin('media_publish', 'drop_before_effect');
    const first = await stage.rowWhen(post, ({ publish_calls }) => publish_calls === 1);
    stage.fault('media_publish', post.accountId, SLOW);
    const second = await stage.rowWhen(post, ({ publish_calls }) => publish_calls === 2);
    expect(second.container_id).toBe(first.container_id);
    expect(Number(second.intent_at)).toBeGreaterThanOrEqual(Number(first.intent_at) + 1_200);
    await stage.until(post, 'completed');
  });

  test.each([
    ['closes the connection', 'drop_before_effect'],
    ['closes it after the effect', 'drop_after_effect'],
    ['answers 500', { kind: 'server_error', http: 500 }],
    ['answers 503 as transient', { kind: 'error_before_effect', code: 2, http: 503, is_transient: true }],
  ] as const)('exactly one request leaves when Instagram %s', async (_what, how) => {
    const post = await begin('media_publish', how);
    // Long enough for any client that would try again by itself; the second call is the verification's, and later.
    await new Promise((resolve) => setTimeout(resolve, FIRST_DELAY_MS - 100));
    expect(stage.publishCalls(post)).toBe(1);
    await stage.until(post, 'completed');
    expect(stage.live(post)).toHaveLength(1);
  });

  test('nor is it sent again over another socket when the connection breaks on its way', async () => {
    const post = await begin('media_publish', { kind: 'slow', ms: 300, after_effect: true });
    await wire.cut('refusing');
    await new Promise((resolve) => setTimeout(resolve, 200));
    await wire.restore();
    await stage.until(post, 'completed');
    await until(
      () => stage.live(post).length,
      (live) => live === 1,
    );
    expect(stage.publishCalls(post)).toBe(1);
  });

  test('kept sockets that were closed meanwhile cost nothing: one request, and no doubt', async () => {
    const scheduled_time = new Date(Date.now() + 2_500).toISOString();
    const post = await stage.alone('After an idle time', {}, { scheduled_time });
    await stage.rowWhen(post, ({ step, lease_until }) => step === 'publish' && lease_until === null);
    await wire.cut('refusing');
    await wire.restore();
    await stage.until(post, 'completed');
    expect([stage.publishCalls(post), stage.verifications(post), stage.live(post).length]).toEqual([1, [], 1]);
  });
});

describe('At most once, point 2: of a carousel', () => {
  let stage: CarouselStage;

  beforeAll(async () => {
    stage = await CarouselStage.open();
  }, 60_000);
  afterAll(() => stage.close());

  test('each child’s id is committed before the next call, and all of them before the carousel is made of them', async () => {
    const caption = 'Built of three';
    const creates = [2, 3].map((nth) =>
      stage.house.sandbox.fault({ match: { endpoint: 'create_container', nth }, do: SLOW }),
    );
    const parent = stage.house.sandbox.fault({
      match: { endpoint: 'create_container', caption_includes: caption },
      do: SLOW,
    });
    const id = await stage.publish({ items: [stage.image(1), stage.image(2), stage.image(3)], caption });
    const committed = async () =>
      ((await stage.row(id))?.children as { container_id?: string; containerId?: string }[]).map(
        (child) => child.containerId ?? child.container_id,
      );
    const made = () => stage.children().map(({ container_id }) => container_id);
    for (const [i, fault] of [...creates, parent].entries()) {
      await struck(fault);
      expect((await committed()).filter(Boolean)).toEqual(made().slice(0, i + 1));
    }
    await stage.house.until(stage.user, id, ['completed']);
    expect(stage.live()[0]?.children).toEqual(made());
  });
});

import { QueueHealth } from '../../src/queue/queue-health';
import { endWorkerProcesses } from '../support/worker-process';
import { Stage, struck, until } from './chaos-stage';

const HANG = { kind: 'hang' };
const HANG_AFTER = { kind: 'hang', after_effect: true };
const LATE = { kind: 'slow', ms: 2_000 };

interface Death {
  when: string;
  /** The call that is held open when the worker dies. `row`: it was answered, and writing that down is held up instead. */
  at: string;
  how: object;
  row?: true;
  before?: { at: string; how: string };
}

const DEATHS: Death[] = [
  { when: 'creating the container, nothing happened yet', at: 'create_container', how: HANG },
  { when: 'creating the container, it exists but nobody told us', at: 'create_container', how: HANG_AFTER },
  { when: 'the container was answered, not yet written down', at: 'create_container', how: LATE, row: true },
  { when: 'waiting for the container', at: 'container_status', how: HANG },
  { when: 'the container is ready, not yet written down', at: 'container_status', how: LATE, row: true },
  { when: 'publishing, nothing happened yet', at: 'media_publish', how: HANG },
  { when: 'publishing, it is live but nobody told us', at: 'media_publish', how: HANG_AFTER },
  { when: 'the publish call was answered, not yet written down', at: 'media_publish', how: LATE, row: true },
  {
    when: 'verifying a publish call that had its effect',
    at: 'container_status',
    how: HANG,
    before: { at: 'media_publish', how: 'drop_after_effect' },
  },
  {
    when: 'verifying a publish call that had none',
    at: 'container_status',
    how: HANG,
    before: { at: 'media_publish', how: 'drop_before_effect' },
  },
  {
    when: 'looking for the medium of a post that is live',
    at: 'media_list',
    how: HANG,
    before: { at: 'media_publish', how: 'drop_after_effect' },
  },
  { when: 'reading the permalink', at: 'media_read', how: HANG },
];

jest.setTimeout(120_000);

describe('a worker killed with kill -9', () => {
  let stage: Stage;

  beforeAll(async () => {
    stage = await Stage.open({ LEASE_SECONDS: '5', PUBLISH_VERIFY_DELAYS_MS: '400,600,800' });
    // Nothing may hide a second publish call: in this world it would be a second medium.
    stage.sandbox.set({ republish: 'duplicate' });
  });
  afterAll(() => stage.close());
  afterEach(() => endWorkerProcesses());

  describe('in the middle of twelve posts, each at another step', () => {
    const captionOf = (death: Death) => `died while ${death.when}.`;
    const ids = new Map<Death, number>();

    beforeAll(async () => {
      const first = await stage.worker();
      const dying = await Promise.all(DEATHS.filter(({ row }) => row).map(held));
      dying.push(...(await Promise.all(DEATHS.filter(({ row }) => !row).map(held))));
      await stage.waitingForLocks(DEATHS.filter(({ row }) => row).length, 'UPDATE posts');

      first.kill('SIGKILL');
      await first.exited;
      for (const { letGo } of dying) await letGo?.();
      await first.restart();
      await until(
        () => stage.house.query(`SELECT id, status, step FROM posts WHERE status <> 'completed' OR step <> 'done'`),
        (rest) => rest.length === 0,
      );
    });

    /** Brings a post to where its worker shall die. */
    async function held(death: Death) {
      const { at, how, before, row } = death;
      const caption = captionOf(death);
      // The list of an account's media belongs to no caption; only one of the posts asks for it before the worker dies.
      const arm = () => stage.fault(at, at === 'media_list' ? null : caption, how);
      const first = before ? stage.fault(before.at, caption, before.how) : arm();
      const id = await stage.post(caption);
      ids.set(death, id);
      await struck(first);
      if (before) await struck(arm());
      return { letGo: row && (await stage.holdPost(id)) };
    }

    it.each(DEATHS.map((death) => [death.when, death] as const))('%s: goes live exactly once', async (_when, death) => {
      const published = stage.live(captionOf(death));
      expect(published).toHaveLength(1);
      const post = (await stage.user.get(`/api/instagram/posts/${ids.get(death)}`)).body;
      expect(post).toMatchObject({ status: 'completed', outcome: 'live', instagram_post_id: published[0]?.media_id });
    });
  });

  it('between the intent and the call: nothing was sent, and it goes live once', async () => {
    const worker = await stage.worker();
    const calls = stage.publishCalls().length;
    const { id, letGo } = await stage.heldBeforeTheCall('between intent and call');
    worker.kill('SIGKILL');
    await worker.exited;
    await letGo();
    expect(stage.publishCalls()).toHaveLength(calls);
    await worker.restart();
    await stage.completed([id]);
    expect(stage.live('between intent and call')).toHaveLength(1);
    expect(stage.publishCalls()).toHaveLength(calls + 1);
  });

  it('three times over one post: it stops, and says whether anything may be live', async () => {
    const worker = await stage.worker();
    const faults = [
      stage.fault('create_container', 'poison, created', HANG),
      stage.fault('media_publish', 'poison, published', HANG_AFTER),
    ];
    const ids = [await stage.post('poison, created'), await stage.post('poison, published')];
    await Promise.all(faults.map(struck));
    // Two workers died before this one, with nothing else in hand; this one holds both, so the last to go is to blame.
    await stage.house.query('UPDATE posts SET takeovers = 9, blamed = 2 WHERE id = ANY($1)', [ids]);
    worker.kill('SIGKILL');
    await worker.exited;
    await worker.restart();
    await stage.house.until(stage.user, ids[0]!, ['failed', 'completed']);
    await stage.house.until(stage.user, ids[1]!, ['needs_review', 'failed', 'completed']);
    expect(await stage.status(ids[0]!)).toMatchObject({ status: 'failed', outcome: 'not_live' });
    expect(stage.live('poison, created')).toHaveLength(0);
    // It is live, and nobody has asked yet.
    expect(await stage.status(ids[1]!)).toMatchObject({ status: 'needs_review', outcome: 'unknown' });
    expect(stage.live('poison, published')).toHaveLength(1);
  });

  it('with the job taken and the post not yet claimed: another worker need not wait for the queue', async () => {
    const id = await stage.post('job taken, post unclaimed');
    // The sweep cannot help here: it waits for the lock, too.
    await until(
      () => stage.house.app.get(QueueHealth).depth(),
      ({ waiting = 0 }) => waiting > 0,
    );
    const letGo = await stage.hold('LOCK TABLE posts IN ACCESS EXCLUSIVE MODE');
    const worker = await stage.worker();
    await stage.waitingForLocks(1, 'WITH was AS');
    worker.kill('SIGKILL');
    await worker.exited;
    await letGo();
    await worker.restart();
    await stage.completed([id], 10_000);
    expect(stage.live('job taken, post unclaimed')).toHaveLength(1);
  });

  it('a database that fails for a moment while a post is claimed: its failed job is in nobody’s way', async () => {
    await stage.worker();
    await stage.house.query(`CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE 'could not extend file: no space left on device'; END $$`);
    await stage.house.query('CREATE TRIGGER full_disk BEFORE UPDATE OF epoch ON posts EXECUTE FUNCTION full_disk()');
    const id = await stage.post('claimed in vain');
    await until(
      () => stage.house.app.get(QueueHealth).depth(),
      ({ failed }) => failed !== 0,
    );
    await stage.house.query('DROP FUNCTION full_disk CASCADE');
    await stage.completed([id], 10_000);
    expect(stage.live('claimed in vain')).toHaveLength(1);
  });
});

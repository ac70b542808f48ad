import { Stage, until } from './chaos-stage';

jest.setTimeout(120_000);

/** Until a publish call without a clear answer is settled: the last of the verification delays. */
const WINDOW_MS = 4_000;
/** Of a lease of 8 s, what a publish call may take. */
const TIMEOUT_MS = 4_800;

interface Case {
  /** What happens to the publish calls of this post, one after the other. */
  publish: (object | string)[];
  /** What happens to reading the container once a publish call was made: `times` reads, from the first. */
  reads?: { how: object | string; times: number };
  ends: 'completed' | 'failed' | 'needs_review' | 'waits';
  calls: number;
  containers?: number;
}

const limitReached = { code: 4, http: 403 };
const takenForSpam = { code: 4, subcode: 2207051, http: 403 };
const notReady = { code: 9007, subcode: 2207027 };
const tokenDead = { code: 190, subcode: 460, http: 401 };
const before = (error: object) => ({ kind: 'error_before_effect', ...error });
const afterwards = (error: object) => ({ kind: 'error_after_effect', ...error });
const malformed = (body: string) => ({ kind: 'malformed', body });
const late = (share: number) => ({ kind: 'delayed_effect', ms: WINDOW_MS * share });
const finished = { kind: 'lie', status_code: 'FINISHED' };

const CASES: Record<string, Case> = {
  'nothing wrong': { publish: [], ends: 'completed', calls: 1 },
  'dropped before the effect': { publish: ['drop_before_effect'], ends: 'completed', calls: 2 },
  'dropped after the effect': { publish: ['drop_after_effect'], ends: 'completed', calls: 1 },
  'limit reached, and not live': { publish: [before(limitReached)], ends: 'waits', calls: 1 },
  'limit reached, yet live': { publish: [afterwards(limitReached)], ends: 'completed', calls: 1 },
  'taken for spam (4/2207051), and not live': { publish: [before(takenForSpam)], ends: 'failed', calls: 1 },
  'taken for spam (4/2207051), yet live': { publish: [afterwards(takenForSpam)], ends: 'completed', calls: 1 },
  'not ready, and not live': { publish: [before(notReady)], ends: 'completed', calls: 2 },
  'not ready, yet live': { publish: [afterwards(notReady)], ends: 'completed', calls: 1 },
  'error -1, and not live': { publish: [before({ code: -1, http: 500 })], ends: 'completed', calls: 2 },
  'error -1, yet live': { publish: [afterwards({ code: -1, http: 500 })], ends: 'completed', calls: 1 },
  'error 1, yet live': { publish: [afterwards({ code: 1, http: 500 })], ends: 'completed', calls: 1 },
  'token dead, and not live': { publish: [before(tokenDead)], ends: 'failed', calls: 1 },
  'token dead, yet live': { publish: [afterwards(tokenDead)], ends: 'completed', calls: 1 },
  'account restricted, and not live': { publish: ['checkpoint'], ends: 'failed', calls: 1 },
  'a 500 in HTML, and not live': { publish: ['server_error'], ends: 'completed', calls: 2 },
  'a 500 in HTML, yet live': { publish: [{ kind: 'server_error', after_effect: true }], ends: 'completed', calls: 1 },
  'an empty 502, yet live': {
    publish: [{ kind: 'server_error', http: 502, body: 'empty', after_effect: true }],
    ends: 'completed',
    calls: 1,
  },
  'dropped, live after 45 % of the window': { publish: [late(0.45)], ends: 'completed', calls: 1 },
  'dropped, live after 85 % of the window': { publish: [late(0.85)], ends: 'completed', calls: 1 },
  'silence, live after 45 % of the window': {
    publish: [{ ...late(0.45), answer: 'hang' }],
    ends: 'completed',
    calls: 1,
  },
  'silence past the timeout, and not live': { publish: ['hang'], ends: 'completed', calls: 2 },
  'silence past the timeout, yet live': {
    publish: [{ kind: 'hang', after_effect: true }],
    ends: 'completed',
    calls: 1,
  },
  'an answer after the timeout': {
    publish: [{ kind: 'slow', ms: TIMEOUT_MS + 400, after_effect: true }],
    ends: 'completed',
    calls: 1,
  },
  'a 200 of junk': { publish: [malformed('junk')], ends: 'completed', calls: 1 },
  'a 200 without an id': { publish: [malformed('no_id')], ends: 'completed', calls: 1 },
  'a 200 in HTML': { publish: [malformed('html')], ends: 'completed', calls: 1 },
  'an empty 200': { publish: [malformed('empty')], ends: 'completed', calls: 1 },
  'a truncated 200': { publish: [malformed('truncated')], ends: 'completed', calls: 1 },
  'live, and the status lies FINISHED at first': {
    publish: ['drop_after_effect'],
    reads: { how: finished, times: 2 },
    ends: 'completed',
    calls: 1,
  },
  'live, and the container cannot be read (100/33) at first': {
    publish: ['drop_after_effect'],
    reads: { how: 'unreadable', times: 5 },
    ends: 'completed',
    calls: 1,
  },
  'live, and reading the container fails with 500 at first': {
    publish: ['drop_after_effect'],
    reads: { how: 'server_error', times: 5 },
    ends: 'completed',
    calls: 1,
  },
  'not live, and the container cannot be read (100/33) at first': {
    publish: ['drop_before_effect'],
    reads: { how: 'unreadable', times: 3 },
    ends: 'completed',
    calls: 2,
  },
  'not live, and the container expired': {
    publish: ['drop_before_effect'],
    reads: { how: { kind: 'lie', status_code: 'EXPIRED' }, times: 1 },
    ends: 'completed',
    calls: 2,
    containers: 2,
  },
  'not live, and suddenly in progress again': {
    publish: ['drop_before_effect'],
    reads: { how: { kind: 'lie', status_code: 'IN_PROGRESS' }, times: 2 },
    ends: 'completed',
    calls: 2,
  },
  'dropped before the effect, then after it': {
    publish: ['drop_before_effect', 'drop_after_effect'],
    ends: 'completed',
    calls: 2,
  },
  'dropped before the effect, then taken for spam, yet live': {
    publish: ['drop_before_effect', afterwards(takenForSpam)],
    ends: 'completed',
    calls: 2,
  },
  'dropped before the effect, then refused': {
    publish: ['drop_before_effect', before(tokenDead)],
    ends: 'failed',
    calls: 2,
  },
  'dropped before the effect, twice': {
    publish: ['drop_before_effect', 'drop_before_effect'],
    ends: 'needs_review',
    calls: 2,
  },
};

describe('whatever Instagram answers to a publish call', () => {
  let stage: Stage;
  const ids = new Map<string, number>();
  const captionOf = (name: string) => `The call: ${name}.`;

  // All together: each post meets its own faults only.
  beforeAll(async () => {
    stage = await Stage.open({
      LEASE_SECONDS: '8',
      PUBLISH_VERIFY_DELAYS_MS: [0.15, 0.3, 0.6, 1].map((share) => share * WINDOW_MS).join(','),
    });
    // Nothing may hide a second publish call on a container that is live: in this world it would be a second medium.
    stage.sandbox.set({ republish: 'duplicate' });
    await stage.house.startWorker();
    for (const [name, { publish, reads }] of Object.entries(CASES)) arm(captionOf(name), publish, reads);
    for (const name of Object.keys(CASES)) ids.set(name, await stage.post(captionOf(name)));
    await until(
      async () => {
        await eachForItself();
        return stage.house.query(UNSETTLED);
      },
      (rest) => rest.length === 0,
      60_000,
    );
  });

  /** What one post's answers mean for all the others is told by test/e2e/pace.test.ts and incident.test.ts. */
  async function eachForItself(): Promise<void> {
    await stage.house.query('DELETE FROM gates');
    await stage.house.query('UPDATE accounts SET action_required = NULL WHERE action_required IS NOT NULL');
    await stage.house.query(
      `UPDATE posts SET next_action_at = now() WHERE wait_reason IS NOT NULL AND next_action_at > now() AND caption <> $1`,
      [captionOf('limit reached, and not live')],
    );
  }
  afterAll(() => stage.close());

  /** Posts that go on within the minute. */
  const UNSETTLED = `SELECT caption, status, step, next_action_at FROM posts
                     WHERE step NOT IN ('link', 'done') AND next_action_at < now() + interval '1 minute'`;

  function arm(caption: string, publish: Case['publish'], reads: Case['reads']): void {
    publish.forEach((how) => stage.fault('media_publish', caption, how));
    if (reads) stage.faultOnVerifying(caption, reads.how, reads.times);
  }

  it.each(Object.keys(CASES))('%s', async (name) => {
    const expected = CASES[name]!;
    const { ends, containers = 1 } = expected;
    const live = stage.live(captionOf(name)).length;
    const { status, outcome } = await stage.status(ids.get(name)!);
    const [row] = await stage.house.query('SELECT publish_calls FROM posts WHERE id = $1', [ids.get(name)]);
    expect({ live, status, outcome, containers: stage.containers(captionOf(name)).length }).toEqual({
      live: ends === 'completed' ? 1 : 0,
      status: ends === 'waits' ? 'processing' : ends,
      outcome: { completed: 'live', failed: 'not_live', needs_review: 'unknown', waits: 'not_live' }[ends],
      containers,
    });
    // Counted for each container.
    expect(row?.publish_calls).toBe(expected.calls - containers + 1);
  });

  it('a post that waits for a limit goes live once when the limit is over', async () => {
    const id = ids.get('limit reached, and not live')!;
    const [row] = await stage.house.query<{ hours: number }>(
      'SELECT extract(epoch FROM next_action_at - now())::float8 / 3600 AS hours FROM posts WHERE id = $1',
      [id],
    );
    expect(row?.hours).toBeCloseTo(1, 1);
    await stage.house.query('UPDATE posts SET next_action_at = now() WHERE id = $1', [id]);
    await stage.completed([id]);
    expect(stage.live(captionOf('limit reached, and not live'))).toHaveLength(1);
  });
});

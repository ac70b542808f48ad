import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { Log } from '../../src/common/log';
import { Secret } from '../../src/common/secret';
import { Transactions } from '../../src/database/transactions';
import { EmailOutlet } from '../../src/notify/email.outlet';
import { NotificationsRepository } from '../../src/notify/notifications.repository';
import { type Notifier } from '../../src/notify/notifier';
import { eventually, House, type Client } from '../support/app';
import { BAKERY } from '../support/sandbox';
import {
  failedPost,
  happens,
  laterOn,
  LOGIN,
  standing,
  startMailServer,
  startSlack,
  startTeller,
  type FakeSlack,
  type MailServer,
} from './notify-stage';

const OPERATORS = 'ops@example.com';
const NAME = `@sandbox.bakery (${BAKERY})`;
const SECRET_PATH = '/services/T000/B000/canaryCanaryCanary';

let slack: FakeSlack;
let mail: MailServer;
let house: House;
let user: Client;
let userEmail: string;
let tellers: Notifier[];

const tell = async () => void (await Promise.all(tellers.map((teller) => teller.tell())));
const smtpUrl = (query = '?requireTLS=false', pass = LOGIN.pass) =>
  `smtp://${encodeURIComponent(LOGIN.user)}:${encodeURIComponent(pass)}@127.0.0.1:${mail.port}/${query}`;

beforeAll(async () => {
  [slack, mail] = await Promise.all([startSlack(), startMailServer()]);
  house = await House.open({
    allow: [slack.url],
    env: { SLACK_WEBHOOK_URL: slack.url + SECRET_PATH, SMTP_URL: smtpUrl(), NOTIFY_EMAIL: OPERATORS },
  });
  user = await house.connectedUser();
  const [me] = await house.query<{ email: string }>('SELECT email FROM users WHERE id = $1', [user.userId]);
  userEmail = me?.email ?? '';
  tellers = [await startTeller(house), await startTeller(house)];
}, 60_000);

afterAll(async () => {
  await house?.close();
  await Promise.all([slack?.close(), mail?.close()]);
});

beforeEach(async () => {
  await house.query('DELETE FROM events');
  slack.heard.length = 0;
  slack.answer = { status: 200 };
  mail.inbox.length = 0;
  mail.refuse = null;
});

afterEach(() => jest.restoreAllMocks());

/** The log of all workers of this house. */
function listenToLog(...methods: ('info' | 'warn')[]): () => string {
  const spies = methods.map((method) => jest.spyOn(Log.prototype, method));
  return () => JSON.stringify(spies.flatMap(({ mock }) => mock.calls));
}

const recipients = () => mail.inbox.flatMap(({ to }) => to).sort();

describe('an event', () => {
  test('gives one message to each recipient, however many workers look', async () => {
    const account = { userId: user.userId, accountId: BAKERY };
    await happens(
      house,
      { ...account, type: 'account.action_required', data: { message: 'The token was withdrawn.' } },
      { ...account, type: 'account.token_expiring', data: { token_expires_at: '2026-02-17T09:30:00.000Z' } },
      { ...account, type: 'account.disconnected', data: { reason: 'deauthorized' } },
      { ...failedPost(user.userId, 1), accountId: BAKERY },
      { ...failedPost(user.userId, 2, { status: 'needs_review' }), accountId: BAKERY },
      { ...failedPost(user.userId, 3), type: 'post.at_risk', accountId: BAKERY },
    );
    await Promise.all([tell(), tell(), tell()]);
    await tell();

    expect(slack.heard.map((text) => text.split('\n')[0]).sort()).toEqual([
      `*Action required for Instagram account ${NAME}*`,
      `*Instagram account ${NAME} was disconnected*`,
      `*Post 1 for Instagram account ${NAME} failed*`,
      `*Post 2 for Instagram account ${NAME} needs review*`,
      `*Post 3 for Instagram account ${NAME} is at risk*`,
      `*The access token of Instagram account ${NAME} expires soon*`,
    ]);
    expect(recipients()).toEqual([...Array<string>(6).fill(OPERATORS), userEmail, userEmail]);
    const ids = mail.inbox.map(({ raw }) => /^message-id: (<\S+@127\.0\.0\.1>)/im.exec(raw)?.[1]);
    expect(new Set(ids).size).toBe(8);
    for (const { raw, from } of mail.inbox) {
      expect(from).toBe(LOGIN.user);
      expect(raw).toMatch(/^auto-submitted: auto-generated/im);
    }
  });

  test('that nobody has to act on gives none', async () => {
    const account = { userId: user.userId, accountId: BAKERY };
    await happens(
      house,
      { ...account, type: 'account.disconnected', data: { reason: 'requested' } },
      { ...account, type: 'account.connected' },
      { ...account, type: 'post.published', postId: 1 },
    );
    await tell();
    expect([slack.heard, mail.inbox]).toEqual([[], []]);
    expect(await standing(house)).toEqual({ log: 'skipped' });
  });

  test('is told although its transaction commits after a later one', async () => {
    await house.app.get(Transactions).run(async (tx) => {
      await tx.query(`INSERT INTO events (user_id, type, post_id, data) VALUES ($1, 'post.failed', 1, '{}')`, [
        user.userId,
      ]);
      await happens(house, failedPost(user.userId, 2));
      await tell();
      expect(slack.heard).toEqual([expect.stringContaining('Post 2')]);
    });
    await tell();
    expect(slack.heard).toEqual([expect.stringContaining('Post 2'), expect.stringContaining('Post 1')]);
  });

  test('is not told when it is more than a day old', async () => {
    await happens(house, failedPost(user.userId, 1));
    await house.query(`UPDATE events SET created_at = now() - interval '25 hours'`);
    await tell();
    expect([slack.heard, await standing(house)]).toEqual([[], {}]);
  });

  test('of a token that Instagram took back while posting is told by a worker alone', async () => {
    const match = { endpoint: 'create_container', account_id: BAKERY };
    house.sandbox.fault({ match, times: null, do: { kind: 'token_dead', subcode: 463 } });
    const photo = readFileSync(join(__dirname, '../../demo/photo.jpg'));
    const asset = await user.upload('/api/instagram/assets/upload', photo, 'photo.jpg');
    const post = await user.post('/api/instagram/post', { asset_id: asset.body.id, caption: 'Too late' });
    const worker = await house.startWorker();
    try {
      await eventually(
        () => Promise.resolve([...slack.heard, ...recipients()]),
        ({ length }) => length === 5,
        25_000,
      );
    } finally {
      await house.stopWorker(worker);
      house.sandbox.state.faults.clear();
    }
    expect(slack.heard.join('\n')).toContain(`*Action required for Instagram account @`);
    expect(slack.heard.join('\n')).toContain(`*Post ${post.body.post_id as number} for Instagram account @`);
    expect(recipients()).toEqual([OPERATORS, OPERATORS, userEmail]);
    await house.query('UPDATE accounts SET action_required = NULL');
  }, 60_000);
});

describe('a receiver', () => {
  test('that is down for a while gets the message later, once', async () => {
    slack.answer = { status: 503, body: 'down' };
    mail.refuse = { code: 451, message: 'try later' };
    await happens(house, failedPost(user.userId, 1));
    await tell();
    await tell();
    expect(await standing(house)).toMatchObject({
      slack: 'waiting: Slack answered 503: down',
      operators_email: expect.stringMatching(/^waiting: The mail server: .*451/),
    });
    await laterOn(house);
    await tell();
    expect([slack.heard, mail.inbox]).toEqual([[], []]);

    slack.answer = { status: 200 };
    mail.refuse = null;
    await laterOn(house);
    await Promise.all([tell(), tell()]);
    await tell();
    expect([slack.heard.length, recipients()]).toEqual([1, [OPERATORS]]);
  });

  test('that asks to be left alone is left alone for as long as it says', async () => {
    slack.answer = { status: 429, headers: { 'retry-after': '600' } };
    await happens(house, failedPost(user.userId, 1));
    await tell();
    const [row] = await house.query<{ wait: number }>(
      `SELECT extract(epoch FROM next_attempt_at - now())::int AS wait FROM notifications WHERE channel = 'slack'`,
    );
    expect(row?.wait).toBeGreaterThan(590);
  });

  test('that refuses for good is not asked again, and the log says so without the secret', async () => {
    const log = listenToLog('warn');
    slack.answer = { status: 404, body: 'no_service' };
    mail.refuse = { code: 550, message: 'no such user' };
    await happens(house, failedPost(user.userId, 1));
    await tell();
    expect(await standing(house)).toMatchObject({
      slack: 'given_up: Slack answered 404: no_service',
      operators_email: expect.stringMatching(/^given_up: .*no such user/),
    });
    expect(log()).toContain('notification.given_up');
    for (const secret of ['canary', LOGIN.pass]) expect(log()).not.toContain(secret);

    slack.answer = { status: 200 };
    mail.refuse = null;
    await tell();
    expect([slack.heard, mail.inbox]).toEqual([[], []]);
  });

  test('that fails for a day is given up', async () => {
    const log = listenToLog('warn');
    slack.answer = { status: 500 };
    await happens(house, failedPost(user.userId, 1));
    await tell();
    await house.query(`UPDATE notifications SET created_at = now() - interval '24 hours 1 minute'`);
    await laterOn(house);
    await tell();
    expect(await standing(house)).toMatchObject({ slack: expect.stringContaining('given_up') });
    expect(log()).toContain('notification.given_up');
  });

  test('gets no more than thirty messages a minute; the rest wait, and the log says so', async () => {
    const log = listenToLog('info');
    await happens(house, ...Array.from({ length: 34 }, (_, i) => failedPost(user.userId, i + 1)));
    await tell();
    expect([slack.heard.length, mail.inbox.length]).toEqual([30, 30]);
    expect(log()).toMatch(/"notifications.held",\{"channel":"slack","waiting":4,"per_minute":30\}/);
    await laterOn(house);
    await tell();
    expect([slack.heard.length, mail.inbox.length]).toEqual([34, 34]);
    expect(new Set(slack.heard).size).toBe(34);
  }, 60_000);
});

describe('a worker that dies', () => {
  test('before it sends leaves the message to another, once its lease is over', async () => {
    await happens(house, failedPost(user.userId, 1));
    const repository = new NotificationsRepository(house.app.get(DataSource));
    const [event] = await repository.unseen(1);
    await repository.plan([{ eventId: event?.eventId ?? 0, channels: ['log', 'slack'] }]);
    await house.app.get(Transactions).run((tx) => repository.claim(tx, 'slack', 60_000, 30));
    await tell();
    expect(slack.heard).toEqual([]);
    await laterOn(house);
    await tell();
    expect(slack.heard).toHaveLength(1);
  });

  test('before it writes down what it sent sends the e-mail again under the same Message-ID', async () => {
    await happens(house, failedPost(user.userId, 1));
    await tell();
    await house.query(`UPDATE notifications SET status = 'waiting', sent_at = NULL, next_attempt_at = now()`);
    await tell();
    const ids = mail.inbox.map(({ raw }) => /^message-id: (<\S+>)/im.exec(raw)?.[1]);
    expect([ids.length, new Set(ids).size]).toEqual([2, 1]);
  });
});

describe('a message', () => {
  test('holds no token, whatever an error said', async () => {
    const token = `EAA${'b'.repeat(60)}`;
    await happens(
      house,
      failedPost(user.userId, 1, { error_message: `Bad token ${token}, access_token=hunter2 <!channel>` }),
    );
    await tell();
    const all = [...slack.heard, ...mail.inbox.map(({ raw }) => raw.replaceAll('=\r\n', ''))];
    expect(all).toHaveLength(2);
    for (const text of all) {
      expect(text).toContain('Bad token [redacted]');
      expect(text).not.toMatch(/bbbbbb|hunter2/);
    }
    expect(slack.heard[0]).toContain('&lt;!channel&gt;');
  });

  test('is not sent where the server offers no encryption for the password', async () => {
    const logins = mail.logins;
    const message = {
      key: 'a@b.example',
      subject: 'Hi',
      text: 'Hi',
      to: null,
      postId: null,
      isRepeat: false,
      facts: {},
    };
    const outlet = new EmailOutlet(new Secret(smtpUrl('')), OPERATORS);
    expect(await outlet.send(message)).toMatchObject({ sent: false, permanent: false });
    expect([mail.logins, mail.inbox]).toEqual([logins, []]);
  });

  test('waits when the login is refused, and the password is not repeated', async () => {
    const outlet = new EmailOutlet(new Secret(smtpUrl('?requireTLS=false', 'wrong-canary')), OPERATORS);
    const sending = await outlet.send({
      key: 'a@b.example',
      subject: 'Hi',
      text: 'Hi',
      to: null,
      postId: null,
      isRepeat: false,
      facts: {},
    });
    expect(sending).toMatchObject({ sent: false, permanent: false, why: expect.stringContaining('[redacted]') });
    expect(JSON.stringify(sending)).not.toContain('canary');
  });
});

describe('another installation', () => {
  test('with nothing set sends nothing; the log has it', async () => {
    const quiet = await House.open();
    try {
      const log = listenToLog('warn');
      const other = await quiet.newUser();
      const teller = await startTeller(quiet);
      await happens(quiet, failedPost(other.userId, 1));
      await teller.tell();
      expect(await standing(quiet)).toEqual({ log: 'sent' });
      expect(log()).toContain('"notification.raised"');
      expect([slack.heard, mail.inbox]).toEqual([[], []]);
    } finally {
      await quiet.close();
    }
  }, 60_000);

  test('whose webhook leads to a private address that is not allowed connects to nobody', async () => {
    const wrong = await House.open({ env: { SLACK_WEBHOOK_URL: slack.url + SECRET_PATH } });
    try {
      const other = await wrong.newUser();
      const teller = await startTeller(wrong);
      await happens(wrong, failedPost(other.userId, 1));
      await teller.tell();
      expect(await standing(wrong)).toEqual({ log: 'sent', slack: 'given_up: 127.0.0.1 is not a public address.' });
      expect(slack.heard).toEqual([]);
    } finally {
      await wrong.close();
    }
  }, 60_000);
});

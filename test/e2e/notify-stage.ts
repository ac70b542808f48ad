import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SchedulerRegistry } from '@nestjs/schedule';
import { SMTPServer } from 'smtp-server';
import { Transactions } from '../../src/database/transactions';
import { type EventType } from '../../src/events/event-type';
import { Events } from '../../src/events/events';
import { Notifier } from '../../src/notify/notifier';
import { type House } from '../support/app';

/** A Slack of our own: what was said to it, and how it answers. */
export interface FakeSlack {
  url: string;
  heard: string[];
  answer: { status: number; body?: string; headers?: Record<string, string> };
  close: () => Promise<void>;
}

export async function startSlack(): Promise<FakeSlack> {
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const { status, body: said = 'ok', headers } = slack.answer;
      if (status === 200) slack.heard.push((JSON.parse(body) as { text: string }).text);
      response.writeHead(status, headers).end(said);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const slack: FakeSlack = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    heard: [],
    answer: { status: 200 },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
  return slack;
}

export interface Mail {
  to: string[];
  from: string;
  /** Headers and body as they came over the wire. */
  raw: string;
}

/** A mail server: takes one login, and refuses recipients by the codes it is told. */
export interface MailServer {
  port: number;
  inbox: Mail[];
  refuse: { code: number; message: string } | null;
  logins: number;
  close: () => Promise<void>;
}

export const LOGIN = { user: 'mailer@example.com', pass: 'pa:ss/w@rd' };

export async function startMailServer(): Promise<MailServer> {
  const server = new SMTPServer({
    // It has no certificate that anybody would trust.
    disabledCommands: ['STARTTLS'],
    logger: false,
    authOptional: true,
    allowInsecureAuth: true,
    onAuth: ({ username, password }, _session, done) => {
      mail.logins += 1;
      if (username === LOGIN.user && password === LOGIN.pass) done(null, { user: username });
      else done(new Error(`Wrong password ${password ?? ''}`));
    },
    onRcptTo: (_address, _session, done) => {
      const { refuse } = mail;
      done(refuse ? Object.assign(new Error(refuse.message), { responseCode: refuse.code }) : null);
    },
    onData: (stream, { envelope }, done) => {
      void text(stream).then((raw) => {
        const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address;
        mail.inbox.push({ raw, from, to: envelope.rcptTo.map(({ address }) => address) });
        done();
      });
    },
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const mail: MailServer = {
    port: (server.server.address() as AddressInfo).port,
    inbox: [],
    refuse: null,
    logins: 0,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
  return mail;
}

/** A worker that tells only when it is told to. */
export async function startTeller(house: House): Promise<Notifier> {
  const worker = await house.startWorker();
  worker.get(SchedulerRegistry).deleteInterval('notify');
  return worker.get(Notifier);
}

export interface ToHappen {
  userId: number;
  type: EventType;
  postId?: number;
  accountId?: string;
  data?: Record<string, unknown>;
}

/** As the services write it. */
export async function happens(house: House, ...events: ToHappen[]): Promise<void> {
  await house.app.get(Transactions).run(async (tx) => {
    for (const event of events) await house.app.get(Events, { strict: false }).append(tx, { data: {}, ...event });
  });
}

export const failedPost = (userId: number, postId: number, data = {}): ToHappen => ({
  userId,
  type: 'post.failed',
  postId,
  data: { post_id: postId, status: 'failed', outcome: 'not_live', error_message: 'The media is too long.', ...data },
});

/** `slack waiting`, … of every event, with its error. */
export async function standing(house: House): Promise<Record<string, string>> {
  const rows = await house.query<{ channel: string; status: string; error: string | null }>(
    'SELECT channel, status, error FROM notifications',
  );
  return Object.fromEntries(
    rows.map(({ channel, status, error }) => [channel, error ? `${status}: ${error}` : status]),
  );
}

/** Every wait of the tables moved into the past. */
export async function laterOn(house: House): Promise<void> {
  await house.query(
    `UPDATE notifications SET next_attempt_at = now() - interval '1 second' WHERE next_attempt_at IS NOT NULL`,
  );
  await house.query(`UPDATE notifications SET attempted_at = attempted_at - interval '2 minutes'`);
}

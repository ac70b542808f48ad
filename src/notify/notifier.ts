import { Injectable } from '@nestjs/common';
import { Log, redactText } from '../common/log';
import { Settings } from '../config/settings';
import { Transactions } from '../database/transactions';
import { channelsFor, type Channel, type Happening } from './audience';
import { isStale, nextAttemptIn } from './backoff';
import { messageOf, referenceOf } from './message';
import { NotificationsRepository, type ClaimedNotification } from './notifications.repository';
import { type Outgoing, type Outlet } from './outlet';
import { Outlets } from './outlets';

/** Longer than any outlet's deadline, by far: who is late with a message that another sends again sends it twice. */
const LEASE_MS = 120_000;
const BATCH = 500;

/**
 * Tells operators and users what they must know: each event once to each recipient. Any number of workers may do this at
 * once. A message is sent first and marked after, so it comes twice if the process dies in between, and never not at all.
 */
@Injectable()
export class Notifier {
  private stopping = false;
  /** Installations share mailboxes and begin to count their events at 1. */
  private readonly host: string;

  constructor(
    settings: Settings,
    private readonly rows: NotificationsRepository,
    private readonly transactions: Transactions,
    private readonly outlets: Outlets,
    private readonly log: Log,
  ) {
    this.host = new URL(settings.http.publicBaseUrl).hostname.replace(/[^\w.-]/g, '-');
  }

  /** Looks at what happened, then gives each way out its turn; a slow one keeps no other waiting. */
  async tell(): Promise<void> {
    if (this.stopping) return;
    await this.plan();
    await Promise.all(this.outlets.ways.map(([channel, outlet]) => this.turn(channel, outlet)));
  }

  /** No further message is begun. */
  stop(): void {
    this.stopping = true;
  }

  private async plan(): Promise<void> {
    if (this.outlets.recordsPosts) await this.planFor(await this.rows.unrecorded(BATCH));
    for (;;) {
      const unseen = await this.rows.unseen(BATCH);
      if (unseen.length === 0) return;
      await this.planFor(unseen);
      if (unseen.length < BATCH || this.stopping) return;
    }
  }

  private async planFor(happenings: Happening[]): Promise<void> {
    if (happenings.length === 0) return;
    const { switchedOn } = this.outlets;
    await this.rows.plan(happenings.map((one) => ({ eventId: one.eventId, channels: channelsFor(one, switchedOn) })));
  }

  /** As long as something is due and goes out: what one message fails of, the next would most likely fail of too. */
  private async turn(channel: Channel, outlet: Outlet): Promise<void> {
    while (!this.stopping) {
      const claim = await this.transactions.run((tx) => this.rows.claim(tx, channel, LEASE_MS, outlet.perMinute));
      if (claim === 'nothing') return;
      if ('held' in claim) {
        this.log.info('notifications.held', { channel, waiting: claim.held, per_minute: outlet.perMinute });
        return;
      }
      if (!(await this.send(claim, outlet))) return;
    }
  }

  /** @returns whether to go on with the next one */
  private async send(claimed: ClaimedNotification, outlet: Outlet): Promise<boolean> {
    const { channel, attempts, ageMs } = claimed;
    const message = this.outgoing(claimed);
    const about = { channel, ...message.facts, attempts };
    if (isStale(ageMs)) {
      await this.rows.failed(claimed, 'It could not be sent for more than a day.', null);
      this.log.warn('notification.given_up', { ...about, why: 'stale' });
      return true;
    }
    const sending = await outlet.send(message);
    if (sending.sent) {
      await this.rows.sent(claimed);
      this.log.debug('notification.sent', about);
      return true;
    }
    const inMs = nextAttemptIn({ ...sending, attempts, ageMs }, Math.random());
    await this.rows.failed(claimed, sending.why, inMs);
    if (inMs === null) this.log.warn('notification.given_up', { ...about, why: sending.why });
    else this.log.info('notification.delayed', { ...about, why: sending.why, again_in_ms: inMs });
    return inMs === null;
  }

  private outgoing({ channel, happening, attempts }: ClaimedNotification): Outgoing {
    const { eventId, type, userId, postId, accountId, happenedAt, userEmail } = happening;
    const { subject, text } = messageOf(happening);
    const forUser = channel === 'user_email';
    return {
      key: `event-${eventId}-${happenedAt.getTime()}.${channel}@${this.host}`,
      // Events hold no token; should one ever slip into an error's words, it ends here.
      subject: redactText(subject),
      text: redactText(forUser ? text : `${text}\n\n${referenceOf(happening)}`),
      to: forUser ? userEmail : null,
      postId,
      isRepeat: attempts > 1,
      facts: { event_id: eventId, type, user_id: userId, post_id: postId, account_id: accountId },
    };
  }
}

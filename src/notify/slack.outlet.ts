import { text } from 'node:stream/consumers';
import { AppError } from '../common/app-error';
import { redactText } from '../common/log';
import { type Secret } from '../common/secret';
import { FetchError } from '../net/fetch-error';
import { type GuardedHttp } from '../net/guarded-http';
import { type Outgoing, type Outlet, type Sending } from './outlet';

const DEADLINE_MS = 15_000;
const MAX_ANSWER_BYTES = 10_000;
/** Refusals that pass. */
const PASSING = new Set([408, 425, 429]);

/** Slack's incoming webhooks: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks */
export class SlackOutlet implements Outlet {
  /** Slack takes about one a second; https://docs.slack.dev/apis/web-api/rate-limits */
  readonly perMinute = 30;

  constructor(
    private readonly webhookUrl: Secret,
    private readonly http: GuardedHttp,
  ) {}

  async send({ subject, text }: Outgoing): Promise<Sending> {
    try {
      const answer = await this.http.post(this.webhookUrl.reveal(), {
        body: JSON.stringify({ text: `*${escaped(subject)}*\n${escaped(text)}` }),
        headers: { 'content-type': 'application/json; charset=utf-8' },
        maxBytes: MAX_ANSWER_BYTES,
        signal: AbortSignal.timeout(DEADLINE_MS),
      });
      const { status, headers, body } = answer;
      if (status >= 200 && status < 300) {
        body.destroy();
        return { sent: true };
      }
      const why = `Slack answered ${status}${await sentence(body)}`;
      const permanent = status < 500 && !PASSING.has(status);
      return { sent: false, why, permanent, retryAfterMs: secondsOf(headers['retry-after']) * 1_000 };
    } catch (error) {
      if (error instanceof FetchError) return { sent: false, why: error.message, permanent: false };
      if (error instanceof AppError) return { sent: false, why: error.detail, permanent: true };
      throw error;
    }
  }
}

/** What Slack reads as markup, mentions among it: https://docs.slack.dev/messaging/formatting-message-text#escaping */
function escaped(plain: string): string {
  return plain.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Slack explains itself in a word: `invalid_payload`, `no_service`. */
async function sentence(body: Parameters<typeof text>[0]): Promise<string> {
  const said = await text(body).catch(() => '');
  return said === '' ? '.' : `: ${redactText(said.replace(/\s+/g, ' ')).slice(0, 200)}`;
}

function secondsOf(header: string | undefined): number {
  return header !== undefined && /^\d{1,6}$/.test(header) ? Number(header) : 0;
}

import { type Happening } from './audience';

/** Plain text in short sentences. */
export interface Message {
  /** One line; the subject of an e-mail. */
  subject: string;
  /** What happened, to which account or post, what to do. */
  text: string;
}

/** Long enough for any advice of ours; Slack takes 40,000 characters, a person far less. */
const LONGEST_QUOTE = 1_000;

/** What is said of an event. Data that is not as expected is left out, never shown raw. */
export function messageOf(happening: Happening): Message {
  switch (happening.type) {
    case 'account.action_required':
      return actionRequired(happening);
    case 'account.token_expiring':
      return tokenExpiring(happening);
    case 'account.disconnected':
      return disconnected(happening);
    case 'post.failed':
      return postEnded(happening);
    case 'post.at_risk':
      return postAtRisk(happening);
    case 'post.published':
      return {
        subject: `${capital(postOf(happening))} was published`,
        text: `${capital(postOf(happening))} is on Instagram.`,
      };
  }
}

/** What operators need on top, to find it. */
export function referenceOf({ eventId, type, userId, happenedAt }: Happening): string {
  return `User ${userId}, event ${eventId} (${type}), ${utc(happenedAt)}.`;
}

function actionRequired(happening: Happening): Message {
  const account = accountOf(happening);
  const text = sentences(
    `Instagram does not let us work for ${account}.`,
    quoted(happening.data.message) ?? 'Connect the account again.',
    'Its posts wait until that is done.',
  );
  return { subject: `Action required for ${account}`, text };
}

function tokenExpiring(happening: Happening): Message {
  const account = accountOf(happening);
  const expiresAt = instantOf(happening.data.token_expires_at);
  const text = sentences(
    `The access token of ${account} expires ${expiresAt === null ? 'soon' : `on ${utc(expiresAt)}`}.`,
    quoted(happening.data.message),
    'Refresh it with POST /api/instagram/refresh-token, or connect the account again, before then; otherwise its posts will wait.',
  );
  return { subject: `The access token of ${account} expires soon`, text };
}

/** Why an account was disconnected when nobody asked us to. */
const DISCONNECTED: Record<string, string> = {
  deauthorized: "This app was removed in the account's settings on Instagram or Facebook.",
  data_deletion: 'Its owner asked Meta to have the data deleted.',
};

function disconnected(happening: Happening): Message {
  const account = accountOf(happening);
  const reason = quoted(happening.data.reason);
  const text = sentences(
    `${capital(account)} was disconnected, and its token is erased.`,
    reason === null ? null : (DISCONNECTED[reason] ?? `The reason: ${reason.replaceAll('_', ' ')}.`),
    'Its posts are not published until it is connected again.',
  );
  return { subject: `${capital(account)} was disconnected`, text };
}

function postEnded(happening: Happening): Message {
  const post = postOf(happening);
  const path = `/api/instagram/posts/${happening.postId ?? '{id}'}`;
  const why = quoted(happening.data.error_message);
  if (happening.data.status === 'needs_review')
    return {
      subject: `${capital(post)} needs review`,
      text: sentences(
        `Nobody can tell whether ${post} is on Instagram.`,
        why,
        `Look on Instagram, then say what you saw with POST ${path}/resolve. Until then it is not published again.`,
      ),
    };
  const [subject, happened] =
    happening.data.status === 'missed'
      ? [`${capital(post)} was missed`, `${capital(post)} was not published in time, and will not be by itself.`]
      : [`${capital(post)} failed`, `${capital(post)} failed and is not on Instagram.`];
  return { subject, text: sentences(happened, why, `POST ${path}/retry tries it again.`) };
}

function postAtRisk(happening: Happening): Message {
  const post = postOf(happening);
  const text = sentences(
    `${capital(post)} may be late or may fail.`,
    quoted(happening.data.error_message),
    `GET /api/instagram/posts/${happening.postId ?? '{id}'}/timeline tells how it stands.`,
  );
  return { subject: `${capital(post)} is at risk`, text };
}

function accountOf({ username, accountId, data }: Happening): string {
  const name = quoted(username ?? data.username);
  if (name === null) return `Instagram account ${accountId ?? '(unknown)'}`;
  return `Instagram account @${name}${accountId === null ? '' : ` (${accountId})`}`;
}

function postOf(happening: Happening): string {
  return `post ${happening.postId ?? '(unknown)'} for ${accountOf(happening)}`;
}

/** Text from an event's data as one line of bounded length; null: there is none. */
function quoted(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const line = value.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim();
  const points = [...line];
  return line === '' ? null : points.length > LONGEST_QUOTE ? `${points.slice(0, LONGEST_QUOTE).join('')}…` : line;
}

function instantOf(value: unknown): Date | null {
  const instant = typeof value === 'string' ? new Date(value) : null;
  return instant === null || Number.isNaN(instant.getTime()) ? null : instant;
}

/** `2026-02-10 06:00 UTC` */
function utc(instant: Date): string {
  return `${instant.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

function sentences(...parts: (string | null)[]): string {
  return parts.filter((part) => part !== null).join(' ');
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

import { type EventType } from '../events/event-type';

/** The events that somebody may have to act on. The index `events_worth_telling` names the same. */
export type TellingType = Extract<
  EventType,
  'account.action_required' | 'account.token_expiring' | 'account.disconnected' | 'post.failed' | 'post.at_risk'
>;

/** What is only written down: each published post, in a sheet. */
export type RecordedType = Extract<EventType, 'post.published'>;

/** An event, and what is known of whom it concerns. */
export interface Happening {
  eventId: number;
  type: TellingType | RecordedType;
  userId: number;
  postId: number | null;
  /** Instagram's id. */
  accountId: string | null;
  data: Record<string, unknown>;
  happenedAt: Date;
  /** The account's name on Instagram, where it is known. */
  username: string | null;
  /** Null for users of an outside issuer. */
  userEmail: string | null;
}

/** A way to tell one recipient. The log is for whoever reads it, the first three and the sheet are for the operators. */
export type Channel = 'log' | 'slack' | 'operators_email' | 'user_email' | 'google_sheet';

/** What is switched on. `operatorsEmail` is null where no e-mail is sent at all. */
export interface Outlets {
  slack: boolean;
  operatorsEmail: string | null;
}

/** Only what stops all of an account's posts until its user does something goes to that user by e-mail. */
const FOR_USERS: readonly Happening['type'][] = ['account.action_required', 'account.token_expiring'];

/** Who hears of it: the operators of everything, each recipient once. Empty: nobody has to. */
export function channelsFor(happening: Happening, { slack, operatorsEmail }: Outlets): Channel[] {
  const { type, data, userEmail } = happening;
  // Nobody has to act on it.
  if (type === 'post.published') return ['google_sheet'];
  // Who asked for it knows.
  if (type === 'account.disconnected' && data.reason === 'requested') return [];
  const channels: Channel[] = ['log'];
  if (slack) channels.push('slack');
  if (operatorsEmail === null) return channels;
  channels.push('operators_email');
  const isOperator = userEmail?.toLowerCase() === operatorsEmail.toLowerCase();
  if (FOR_USERS.includes(type) && userEmail !== null && !isOperator) channels.push('user_email');
  return channels;
}

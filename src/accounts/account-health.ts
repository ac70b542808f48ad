/** What is known of a connection, as far as its health goes. */
export interface Connection {
  login: 'facebook' | 'instagram';
  /** Why Instagram takes the token no more. */
  actionRequired: string | null;
  actionRequiredAt: Date | null;
  tokenExpiresAt: Date | null;
  dataAccessExpiresAt: Date | null;
}

export interface Health {
  /** `action_required`: posts wait until a person connects the account again. */
  status: 'ok' | 'expiring' | 'action_required';
  /** Null when all is well. */
  reason: string | null;
  /** For how long something is wrong, where that is known. */
  since?: Date;
}

const DAY_MS = 86_400_000;
/** Only a person can renew what Facebook Login gives (reference §11), so that is told early. */
const TOLD_AHEAD_MS = { facebook: 14 * DAY_MS, instagram: 7 * DAY_MS };

export function healthOf(connection: Connection, now: Date): Health {
  const { actionRequired, actionRequiredAt, login } = connection;
  if (actionRequired !== null)
    return { status: 'action_required', reason: actionRequired, ...(actionRequiredAt && { since: actionRequiredAt }) };
  const ends = [
    { at: connection.tokenExpiresAt, over: 'token_expired', soon: 'token_expires' },
    { at: connection.dataAccessExpiresAt, over: 'data_access_expired', soon: 'data_access_expires' },
  ];
  for (const { at, over } of ends)
    if (at && at.getTime() <= now.getTime()) return { status: 'action_required', reason: over, since: at };
  for (const { at, soon } of ends)
    if (at && at.getTime() - now.getTime() <= TOLD_AHEAD_MS[login]) return { status: 'expiring', reason: soon };
  return { status: 'ok', reason: null };
}

/** Whole days left; 0 on the last day and after it; null: no end that anybody told. */
export function daysUntil(end: Date | null, now: Date): number | null {
  return end && Math.max(0, Math.floor((end.getTime() - now.getTime()) / DAY_MS));
}

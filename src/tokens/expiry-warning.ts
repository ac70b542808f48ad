const DAY_MS = 86_400_000;

/** Days before the end at which the account's user hears of it, once each. */
const WARNING_DAYS = [1, 3, 7, 14] as const;

/** From here on before the end there may be something to warn of. */
export const FIRST_WARNING_MS = 14 * DAY_MS;

/** The ends that an account may have before it; see `TokenInspection` for the second. */
export interface Ends {
  expiresAt: Date | null;
  dataAccessExpiresAt: Date | null;
}

export interface ExpiryWarning {
  endsAt: Date;
  reason: 'token_expires' | 'data_access_expires';
  /** Whole days, rounded up: 1 on the last day. */
  daysLeft: number;
  /** Which of the thresholds was crossed. */
  threshold: number;
}

/** @param warnedDays the threshold of the last warning about this token; null: none yet */
export function expiryWarning(ends: Ends, warnedDays: number | null, now: Date): ExpiryWarning | null {
  const end = nearest(ends);
  if (!end || end.endsAt <= now) return null;
  const daysLeft = Math.ceil((end.endsAt.getTime() - now.getTime()) / DAY_MS);
  const threshold = WARNING_DAYS.find((days) => daysLeft <= days);
  if (threshold === undefined || (warnedDays !== null && warnedDays <= threshold)) return null;
  return { ...end, daysLeft, threshold };
}

function nearest({ expiresAt, dataAccessExpiresAt }: Ends): Pick<ExpiryWarning, 'endsAt' | 'reason'> | null {
  if (dataAccessExpiresAt && (!expiresAt || dataAccessExpiresAt < expiresAt))
    return { endsAt: dataAccessExpiresAt, reason: 'data_access_expires' };
  return expiresAt && { endsAt: expiresAt, reason: 'token_expires' };
}

import type { Login } from '../graph';
import type { Gate } from '../pace/gate-policy';
import { gatesSql } from '../pace/gates.repository';
import { pausedSql } from '../pauses/pauses.sql';
import { quotaLedgerOf, quotaSql, type WireLedger } from '../quota/quota.repository';
import type { Standing } from './pacing';

/** What may hold the row `p` of `posts` back, as one JSON object: see `Standing`. */
export const STANDING = `(SELECT jsonb_build_object(
    'login', a.login, 'paused', ${pausedSql('p')},
    'actionRequired', a.action_required,
    'gates', ${gatesSql('p', 'a')},
    'quota', CASE WHEN p.step IN ('create', 'publish') THEN ${quotaSql('p.account_id')} END)
  FROM accounts a WHERE a.id = p.account_row_id)`;

/** A standing as PostgreSQL writes it in JSON. */
export interface WireStanding {
  login: Login;
  paused: boolean;
  actionRequired: string | null;
  gates: (Omit<Gate, 'closedUntil'> & { closedUntil: string | null })[];
  quota: WireLedger | null;
}

export function standingOf({ paused, actionRequired, gates, quota }: WireStanding): Standing {
  return {
    paused,
    actionRequired,
    gates: gates.map((gate) => ({
      ...gate,
      closedUntil: gate.closedUntil === null ? null : new Date(gate.closedUntil),
    })),
    quota: quota && quotaLedgerOf(quota),
  };
}

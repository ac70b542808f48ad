import { daysUntil, healthOf } from './account-health';
import { type AccountRow } from './account.entity';
import { type AccountView } from './dto/account-views.dto';

/** An account as its user sees it, from what is known without asking Instagram. */
export function accountView(row: AccountRow, now: Date): AccountView {
  const { since, ...health } = healthOf(row, now);
  return {
    account_id: row.accountId,
    username: row.username,
    name: row.details?.name ?? null,
    biography: row.details?.biography ?? null,
    account_type: row.details?.account_type ?? null,
    followers_count: row.details?.followers_count ?? null,
    follows_count: row.details?.follows_count ?? null,
    media_count: row.details?.media_count ?? null,
    profile_picture_url: row.details?.profile_picture_url ?? null,
    login: row.login,
    page_id: row.pageId,
    page_name: row.pageName,
    is_default: row.isDefault,
    connected_at: row.connectedAt.toISOString(),
    health: { ...health, ...(since && { since: since.toISOString() }) },
    token_expires_at: row.tokenExpiresAt?.toISOString() ?? null,
    days_until_expiry: daysUntil(row.tokenExpiresAt, now),
    data_access_expires_at: row.dataAccessExpiresAt?.toISOString() ?? null,
    scopes: row.scopes,
    details_fetched_at: row.detailsAt?.toISOString() ?? null,
  };
}

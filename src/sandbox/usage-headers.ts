import { type Usage } from './settings';

/** X-App-Usage (§5): JSON in a header; whole per cents, the keys in the recorded order. */
export function appUsage(usage: Usage): string {
  return JSON.stringify(counters(usage));
}

/** X-Business-Use-Case-Usage (§5): by the id of the account that the call was about. */
export function accountUsage(accountId: string, usage: Usage): string {
  const entry = {
    type: 'instagram',
    ...counters(usage),
    estimated_time_to_regain_access: usage.minutes ?? 0,
    ads_api_access_tier: 'development_access',
  };
  return JSON.stringify({ [accountId]: [entry] });
}

function counters(usage: Usage): Record<string, number> {
  return {
    call_count: usage.call_count ?? 1,
    total_cputime: usage.total_cputime ?? 1,
    total_time: usage.total_time ?? 1,
  };
}

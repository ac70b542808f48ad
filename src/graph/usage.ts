import { id, integer, isRecord, list, parseJson, text } from './json';

/** Percent of the allowance that is used up; 100 or more in any of the three means throttled. */
export interface UsageCounters {
  callCount: number;
  totalTime: number;
  totalCpuTime: number;
}

/** One business object's share. `regainMinutes` is 0 while not throttled. */
export interface BusinessUsage extends UsageCounters {
  /** The Page or Instagram account that the counters are about. */
  objectId: string;
  /** `instagram`, `pages`, `messenger`, … */
  type: string;
  regainMinutes: number;
}

/** What an answer's headers say about our allowance; both parts appear only after some traffic. */
export interface GraphUsage {
  appUsage: UsageCounters | null;
  businessUsage: BusinessUsage[];
}

/**
 * `X-App-Usage` and `X-Business-Use-Case-Usage`: JSON in a header. An unreadable one is as good as none: it must never
 * spoil the answer that it came with. Meta: rate limiting; reference §5.
 */
export function parseUsage(header: (name: string) => string | null): GraphUsage {
  const app = jsonHeader(header('x-app-usage'));
  const business = jsonHeader(header('x-business-use-case-usage'));
  return {
    appUsage: isRecord(app) ? counters(app) : null,
    businessUsage: isRecord(business) ? Object.entries(business).flatMap(businessEntries) : [],
  };
}

/** Seconds until Meta promises to take calls again, the longest of all objects; null when it says nothing. */
export function regainSeconds(usage: GraphUsage): number | null {
  const longest = Math.max(0, ...usage.businessUsage.map((entry) => entry.regainMinutes));
  return longest > 0 ? longest * 60 : null;
}

function businessEntries([objectId, entries]: [string, unknown]): BusinessUsage[] {
  return list(entries)
    .filter(isRecord)
    .map((entry) => ({
      objectId: id(objectId) ?? '',
      type: text(entry.type) ?? '',
      ...counters(entry),
      regainMinutes: Math.max(0, integer(entry.estimated_time_to_regain_access) ?? 0),
    }));
}

function counters(entry: Readonly<Record<string, unknown>>): UsageCounters {
  return {
    callCount: integer(entry.call_count) ?? 0,
    totalTime: integer(entry.total_time) ?? 0,
    totalCpuTime: integer(entry.total_cputime) ?? 0,
  };
}

function jsonHeader(value: string | null): unknown {
  try {
    return value === null ? null : parseJson(value);
  } catch {
    return null;
  }
}

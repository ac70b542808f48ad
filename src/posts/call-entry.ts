import type { GraphCallObservation } from '../graph';
import type { TimelineEntry } from './post-timeline';

/** A Graph call as the timeline tells it: no token, query, id or body in it. */
export function callEntry(call: GraphCallObservation): TimelineEntry {
  const { method, route, status, durationMs, kind, code, subcode, fbtraceId } = call;
  const answer = status === null ? 'no answer' : String(status);
  return {
    kind: 'call',
    summary: `${method} ${route}: ${answer}${kind ? ` (${kind})` : ''}`,
    detail: {
      method,
      route,
      status,
      duration_ms: Math.round(durationMs),
      error: kind,
      code,
      subcode,
      fbtrace_id: fbtraceId,
    },
  };
}

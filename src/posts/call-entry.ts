import type { GraphCallObservation } from '../graph';
import type { TimelineEntry } from './post-timeline';

/** A Graph call as the timeline tells it: no token, query, id or body in it. */
export function callEntry(call: GraphCallObservation): TimelineEntry {
  const { method, route, status, durationMs, kind, code, subcode, fbtraceId, upload } = call;
  const answer = status === null ? 'no answer' : String(status);
  const bytes = upload ? `, ${upload.sent} bytes from ${upload.offset} of ${upload.total}` : '';
  return {
    kind: 'call',
    summary: `${method} ${route}${bytes}: ${answer}${kind ? ` (${kind})` : ''}`,
    detail: {
      method,
      route,
      status,
      duration_ms: Math.round(durationMs),
      error: kind,
      code,
      subcode,
      fbtrace_id: fbtraceId,
      ...(upload ? { offset: upload.offset, sent_bytes: upload.sent, total_bytes: upload.total } : {}),
    },
  };
}

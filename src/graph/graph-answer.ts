import { classifyFailure, type Verdict } from './classify-error';
import { type GraphCall } from './graph-call';
import { GraphError, unanswered } from './graph-error';
import { parseJson } from './json';
import { regainSeconds, type GraphUsage } from './usage';
import { carriesError, parseWireError, type WireError } from './wire-error';

/** An HTTP answer as it came, and what reading it needs. */
export interface HttpAnswer {
  status: number;
  body: string;
  usage: GraphUsage;
  /** The header, which Meta does not document but a proxy before it may send. */
  retryAfter: string | null;
  now: Date;
  /** Takes this call's secrets out of a text. */
  redact: <T extends string | null>(text: T) => T | string;
}

/** A clean success parsed, or the one error that tells everything. */
export function readAnswer<T>(call: GraphCall<T>, answer: HttpAnswer): T {
  const success = answer.status >= 200 && answer.status < 300;
  if (!success) throw refusal(call, answer);
  try {
    const parsed = parseJson(answer.body);
    if (!carriesError(parsed)) return call.parse(parsed);
  } catch {
    throw unanswered('instagram_error', 'an answer of success that cannot be read', UNREADABLE_ADVICE, {
      httpStatus: answer.status,
      ambiguous: call.effect !== 'none',
      remedy: call.effect === 'none' ? 'retry' : 'verify',
    });
  }
  throw refusal(call, answer);
}

function refusal(call: GraphCall<unknown>, answer: HttpAnswer): GraphError {
  const wire = parseWireError(answer.body, answer.status);
  const verdict = classifyFailure(wire);
  return new GraphError({
    ...verdict,
    detail: answer.redact(wire.message) || `HTTP ${answer.status} without a message`,
    code: wire.code,
    subcode: wire.subcode,
    httpStatus: answer.status,
    fbtraceId: /^[\w-]{1,64}$/.test(wire.fbtraceId ?? '') ? wire.fbtraceId : null,
    userTitle: answer.redact(wire.userTitle),
    userMessage: answer.redact(wire.userMessage),
    retryAfterSeconds: retryAfter(verdict, answer),
    ambiguous: isAmbiguous(call, wire, verdict),
  });
}

/**
 * An error answer to a publish proves nothing: a post was live after code 4/2207051 (reliability §1.3). For other writes
 * a refusal in Meta's own envelope is taken at its word, a 5xx or a stranger's page is not.
 */
function isAmbiguous(call: GraphCall<unknown>, wire: WireError, verdict: Verdict): boolean {
  if (call.effect === 'none') return false;
  if (call.effect === 'publish') return true;
  return verdict.writeHappened || wire.envelope === 'none' || wire.httpStatus >= 500;
}

function retryAfter(verdict: Verdict, answer: HttpAnswer): number | null {
  const header = answer.status === 429 || answer.status === 503 ? headerSeconds(answer.retryAfter, answer.now) : null;
  const regain = verdict.kind === 'rate_limit_exceeded' ? regainSeconds(answer.usage) : null;
  return header === null && regain === null ? null : Math.max(header ?? 0, regain ?? 0);
}

/** Seconds or an HTTP date (RFC 9110 §10.2.3). */
function headerSeconds(value: string | null, now: Date): number | null {
  if (value === null) return null;
  const seconds = /^\d{1,9}$/.test(value) ? Number(value) : Math.ceil((Date.parse(value) - now.getTime()) / 1000);
  return Number.isFinite(seconds) && seconds > 0 ? seconds : null;
}

const UNREADABLE_ADVICE = 'Meta said that the call succeeded, but its answer is not of the documented shape.';

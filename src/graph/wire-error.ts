import { type GraphFailure } from './classify-error';
import { id, integer, isRecord, parseJson, text, type JsonRecord } from './json';

/** A refusal as Meta wrote it. `userTitle` and `userMessage` are in the language of the account, for people only. */
export interface WireError extends GraphFailure {
  httpStatus: number;
  fbtraceId: string | null;
  userTitle: string | null;
  userMessage: string | null;
}

/**
 * Meta's four envelopes (reference §4.1): `{"error":{…}}`, the flat `{error_type, code, error_message}` of the code
 * exchange, `{"debug_info":{…}}` of the upload host, and HTML or nothing at all behind a 5xx.
 */
export function parseWireError(body: string, httpStatus: number): WireError {
  const answer = tryJson(body);
  if (isRecord(answer?.error)) return graphEnvelope(answer.error, httpStatus);
  if (answer && (text(answer.error_type) ?? text(answer.error_message)) !== null)
    return {
      ...nothingSaid(httpStatus),
      envelope: 'oauth',
      code: integer(answer.code),
      message: text(answer.error_message) ?? '',
    };
  if (isRecord(answer?.debug_info)) return uploadEnvelope(answer.debug_info, httpStatus);
  return nothingSaid(httpStatus);
}

/** Whether a body is a refusal, whatever its HTTP status says. */
export function carriesError(answer: unknown): boolean {
  return (
    isRecord(answer) && (isRecord(answer.error) || isRecord(answer.debug_info) || text(answer.error_type) !== null)
  );
}

function graphEnvelope(error: JsonRecord, httpStatus: number): WireError {
  return {
    envelope: 'graph',
    httpStatus,
    code: integer(error.code),
    subcode: integer(error.error_subcode),
    message: text(error.message) ?? '',
    isTransient: error.is_transient === true,
    fbtraceId: id(error.fbtrace_id),
    userTitle: text(error.error_user_title),
    userMessage: text(error.error_user_msg),
  };
}

/** Its message may be JSON itself, with one of Graph's errors in it. */
function uploadEnvelope(info: JsonRecord, httpStatus: number): WireError {
  const message = text(info.message);
  const inner = tryJson(message ?? '');
  const error = isRecord(inner?.error) ? inner.error : inner;
  const told = error && integer(error.code) !== null ? graphEnvelope(error, httpStatus) : nothingSaid(httpStatus);
  return {
    ...told,
    envelope: 'upload',
    message: told.message || [text(info.type), message].filter((part) => part !== null).join(': '),
    isTransient: info.retriable === true,
  };
}

function nothingSaid(httpStatus: number): WireError {
  return {
    envelope: 'none',
    httpStatus,
    code: null,
    subcode: null,
    message: '',
    isTransient: false,
    fbtraceId: null,
    userTitle: null,
    userMessage: null,
  };
}

function tryJson(body: string): JsonRecord | undefined {
  try {
    const answer = parseJson(body);
    return isRecord(answer) ? answer : undefined;
  } catch {
    return undefined;
  }
}

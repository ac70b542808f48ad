import { AppError } from '../common/app-error';
import { type Verdict } from './classify-error';
import { ERROR_TYPE_OF_KIND, type ErrorScope, type GraphErrorKind, type Remedy } from './error-kind';

/** What a failed call leaves behind. Built from an allow-list: no URL, header, body or token ever gets in here. */
export interface GraphErrorFacts extends Verdict {
  /** Meta's own English sentence, with everything secret taken out; our own where Meta said nothing. */
  detail: string;
  code: number | null;
  subcode: number | null;
  /** Null when no answer came. */
  httpStatus: number | null;
  fbtraceId: string | null;
  userTitle: string | null;
  userMessage: string | null;
  retryAfterSeconds: number | null;
  ambiguous: boolean;
}

/**
 * The one error that the graph room throws, whatever happened on the way to Meta and back. Where nobody catches it, it is
 * the contract's answer to the client as it stands.
 */
export class GraphError extends AppError {
  readonly kind: GraphErrorKind;
  /** For a person: who did what, and what to do now. Ours, in English. */
  readonly advice: string;
  /** What helps before a publish call was sent; see `Remedy`. */
  readonly remedy: Remedy;
  readonly permanent: boolean;
  readonly scope: ErrorScope;
  /** How often the remedy is worth trying; null: the retry policy's own number. */
  readonly maxRetries: number | null;
  readonly code: number | null;
  readonly subcode: number | null;
  readonly httpStatus: number | null;
  /** Meta's id of the call, which its support asks for. */
  readonly fbtraceId: string | null;
  /** In the language of the account (reference §0.5); show it to people, decide nothing on it. */
  readonly userTitle: string | null;
  readonly userMessage: string | null;
  /** From the usage headers, `Retry-After`, or our table for blocks; null when nobody said. */
  readonly retryAfterSeconds: number | null;
  /**
   * True when the call may have taken effect although no clean success came back: its bytes were on their way and then
   * came silence, a reset, a 5xx, a malformed answer, or — for a publish — any answer but success. Always false for reads.
   */
  readonly ambiguous: boolean;

  constructor(facts: GraphErrorFacts) {
    const retryAfter = facts.retryAfterSeconds ?? facts.waitSeconds;
    super(ERROR_TYPE_OF_KIND[facts.kind], facts.detail, {
      action_required: facts.advice,
      ...(facts.code === null ? {} : { instagram_error_code: facts.code }),
      ...(facts.subcode === null ? {} : { instagram_error_subcode: facts.subcode }),
      ...(facts.fbtraceId === null ? {} : { fbtrace_id: facts.fbtraceId }),
      ...(retryAfter === null ? {} : { retry_after: retryAfter }),
    });
    this.message = `${facts.kind}${codes(facts)}: ${facts.detail}`;
    this.name = 'GraphError';
    this.kind = facts.kind;
    this.advice = facts.advice;
    this.remedy = facts.remedy;
    this.permanent = facts.permanent;
    this.scope = facts.scope;
    this.maxRetries = facts.maxRetries;
    this.code = facts.code;
    this.subcode = facts.subcode;
    this.httpStatus = facts.httpStatus;
    this.fbtraceId = facts.fbtraceId;
    this.userTitle = facts.userTitle;
    this.userMessage = facts.userMessage;
    this.retryAfterSeconds = retryAfter;
    this.ambiguous = facts.ambiguous;
  }
}

type Omissions = Pick<GraphErrorFacts, 'ambiguous' | 'remedy' | 'httpStatus'>;

/** A failure of our own making or of the way to Meta: no answer of Meta's to read. */
export function unanswered(
  kind: GraphErrorKind,
  detail: string,
  advice: string,
  { ambiguous = false, remedy = 'retry', httpStatus = null }: Partial<Omissions> = {},
): GraphError {
  return new GraphError({
    kind,
    detail,
    advice,
    remedy,
    ambiguous,
    httpStatus,
    permanent: remedy === 'fail' || remedy === 'account',
    scope: 'call',
    maxRetries: null,
    waitSeconds: null,
    writeHappened: false,
    code: null,
    subcode: null,
    fbtraceId: null,
    userTitle: null,
    userMessage: null,
    retryAfterSeconds: null,
  });
}

function codes({ code, subcode }: GraphErrorFacts): string {
  if (code === null) return '';
  return subcode === null ? ` (${code})` : ` (${code}/${subcode})`;
}

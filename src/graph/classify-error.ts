import { type ErrorScope, type GraphErrorKind, type GraphErrorRow, type Remedy } from './error-kind';
import { GRAPH_ERROR_TABLE, SYMBOLIC_ERRORS } from './error-table';

/** What Meta said when it refused, whatever the envelope; see `wire-error.ts`. */
export interface GraphFailure {
  /** `error.code`, may be negative; null when the answer carried none (HTML, empty body, upload host). */
  code: number | null;
  subcode: number | null;
  /** Null for a failure read from a container's status text. */
  httpStatus: number | null;
  /** Meta's stable English message. Only symbolic names are ever looked for in it. */
  message: string;
  /** Meta's own word on whether a repeat may help; a hint, often absent. */
  isTransient: boolean;
  /** `oauth`: the flat `{error_type, code, error_message}` of the code exchange, whose `code` is only the HTTP status. */
  envelope: 'graph' | 'oauth' | 'upload' | 'none';
}

/** Our reading of a failure. Waits in seconds. */
export interface Verdict {
  kind: GraphErrorKind;
  remedy: Remedy;
  /** True when no repetition by itself can help: a person must change the content, the account or the request. */
  permanent: boolean;
  scope: ErrorScope;
  maxRetries: number | null;
  waitSeconds: number | null;
  /** Meta is known to answer this although the write took effect. */
  writeHappened: boolean;
  advice: string;
}

type Finding = Pick<GraphErrorRow, 'kind' | 'remedy' | 'advice'> & Partial<GraphErrorRow>;

/** Seven-digit subcodes belong to one meaning whatever code comes with them; shorter ones (33, 463) do not. */
const UNIQUE_SUBCODE = 1_000_000;
const exact = new Map(GRAPH_ERROR_TABLE.map((row) => [`${row.code}/${row.subcode}`, row]));
const bySubcode = new Map(
  GRAPH_ERROR_TABLE.filter((row) => row.subcode !== null && row.subcode >= UNIQUE_SUBCODE).map((row) => [
    row.subcode,
    row,
  ]),
);

/**
 * One mapper for every refusal: (code, subcode), then the subcode alone, a symbolic name, the code alone, and only then
 * what kind of HTTP answer it was. `is_transient` is a hint for codes that nobody documented.
 * Meta: error handling; reference §4.
 */
export function classifyFailure(failure: GraphFailure): Verdict {
  return verdict(
    rowFor(failure.code, failure.subcode) ??
      symbolicName(failure.message) ??
      codeAlone(failure) ??
      loginRefusal(failure) ??
      (failure.isTransient ? PASSING : undefined) ??
      uploadRefusal(failure) ??
      httpClass(failure.httpStatus),
  );
}

/**
 * The same for a container that Meta gave up on; null while nothing is wrong. A container in `ERROR` or `EXPIRED` never
 * recovers, so what would be tried again on a call means a new container here. Meta: IG Container; reference §2.4.
 */
export function classifyContainer(container: { statusCode: string; status: string }): Verdict | null {
  if (container.statusCode === 'EXPIRED') return verdict(EXPIRED);
  if (container.statusCode !== 'ERROR') return null;
  const found = verdict(
    rowFor(null, subcodeInStatus(container.status)) ?? symbolicName(container.status) ?? PROCESSING_FAILED,
  );
  const again = found.remedy === 'retry' || found.remedy === 'retry_then_rebuild' || found.remedy === 'wait';
  return again ? { ...found, remedy: 'rebuild' } : found;
}

/** `Error: Media upload has failed with error code 2207026` → 2207026. Meta: IG Container `status`; reference §2.4. */
export function subcodeInStatus(status: string): number | null {
  const digits = /(?<!\d)\d{7}(?!\d)/.exec(status);
  return digits ? Number(digits[0]) : null;
}

function rowFor(code: number | null, subcode: number | null): GraphErrorRow | undefined {
  return subcode === null ? undefined : (exact.get(`${code}/${subcode}`) ?? bySubcode.get(subcode));
}

function codeAlone({ code, envelope }: GraphFailure): Finding | undefined {
  if (code === null || envelope === 'oauth') return undefined;
  const own = exact.get(`${code}/null`);
  if (own) return own;
  const range = GRAPH_ERROR_TABLE.find(
    (row) => row.codeTo && row.code !== null && row.code <= code && code <= row.codeTo,
  );
  return range ?? CODE_FAMILIES.get(code);
}

function symbolicName(message: string): Finding | undefined {
  const name = /\bINSTAGRAM_PLATFORM_API__[A-Z_]+/.exec(message)?.[0];
  return name === undefined || !Object.hasOwn(SYMBOLIC_ERRORS, name) ? undefined : SYMBOLIC_ERRORS[name];
}

function loginRefusal({ envelope, httpStatus }: GraphFailure): Finding | undefined {
  return envelope === 'oauth' && (httpStatus ?? 400) < 500 ? CODE_REFUSED : undefined;
}

/** What Meta took so far of the file is of no use any more: `retriable` is false. */
function uploadRefusal({ envelope, httpStatus }: GraphFailure): Finding | undefined {
  const isOfTheFile = httpStatus !== null && httpStatus >= 400 && httpStatus < 500 && !TELLING.includes(httpStatus);
  return envelope === 'upload' && isOfTheFile ? UPLOAD_REFUSED : undefined;
}

/** HTTP statuses that are about the caller, not about what was sent. */
const TELLING = [401, 403, 404, 408, 429];

function httpClass(status: number | null): Finding {
  if (status === null || status < 400) return UNREADABLE;
  if (status === 408) return SLOW;
  if (status === 401) return exact.get('190/null') ?? REFUSED;
  if (status === 403) return exact.get('10/null') ?? REFUSED;
  if (status === 404) return exact.get('100/33') ?? REFUSED;
  if (status === 429) return exact.get('4/null') ?? REFUSED;
  if (status < 500) return REFUSED;
  return status === 500 ? PASSING : DOWN;
}

function verdict(row: Finding): Verdict {
  return {
    kind: row.kind,
    remedy: row.remedy,
    permanent: row.remedy === 'fail' || row.remedy === 'account',
    scope: row.scope ?? 'call',
    maxRetries: row.maxRetries ?? null,
    waitSeconds: row.waitSeconds ?? null,
    writeHappened: row.writeHappened ?? false,
    advice: row.advice,
  };
}

const PASSING: Finding = {
  kind: 'instagram_error',
  remedy: 'retry',
  advice: 'Meta had an error of its own. We try again.',
};
const DOWN: Finding = {
  kind: 'service_unavailable',
  remedy: 'retry',
  advice: 'Meta is not available at the moment. We try again.',
};
const SLOW: Finding = {
  kind: 'timeout_error',
  remedy: 'retry',
  advice: 'Meta gave up waiting for the call. We try again.',
};
const REFUSED: Finding = {
  kind: 'instagram_error',
  remedy: 'fail',
  advice: 'Instagram refused the call with an error that Meta does not document. Its own message is all there is.',
};
const UNREADABLE: Finding = {
  kind: 'instagram_error',
  remedy: 'retry',
  advice: 'Meta answered with something that is not an answer to our call.',
};
const CODE_REFUSED: Finding = {
  kind: 'oauth_code_invalid',
  remedy: 'fail',
  advice:
    'Instagram refused the login code: used before, expired, or meant for another redirect address or app. Start the login again.',
};
const EXPIRED: Finding = {
  kind: 'container_expired',
  remedy: 'rebuild',
  advice: 'Instagram dropped the prepared media because it was not published within 24 hours. It must be made again.',
};
const PROCESSING_FAILED: Finding = {
  kind: 'media_processing_error',
  remedy: 'rebuild',
  advice: "Instagram's servers failed on the downloaded media and did not say why.",
};

const UPLOAD_REFUSED: Finding = {
  kind: 'media_processing_error',
  remedy: 'rebuild',
  advice: "Instagram's upload server took the video no further and said that a repeat can't help.",
};

/** Publishing codes whose subcode is new to us: the code still says what it is about (reference §4.2). */
const CODE_FAMILIES: ReadonlyMap<number, Finding> = new Map([
  [-2, PASSING],
  [-1, PASSING],
  ...[9, 24, 25, 352, 9004, 9007, 36000, 36001, 36003, 36004].flatMap((code): [number, Finding][] => {
    const row = GRAPH_ERROR_TABLE.find((candidate) => candidate.code === code);
    return row ? [[code, row]] : [];
  }),
]);

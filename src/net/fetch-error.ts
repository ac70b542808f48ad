/** Why nothing useful, or not all of it, came from a URL. `status`: for callers who take only certain answers. */
export type FetchFailure = 'unresolved' | 'unconnected' | 'broken' | 'timeout' | 'too_large' | 'redirects' | 'status';

/** A fetch that was allowed and failed. The message is for the user: it names who failed at what and the origin, never the path or query. */
export class FetchError extends Error {
  constructor(
    readonly failure: FetchFailure,
    /** `https://host[:port]` */
    readonly origin: string,
    readonly detail: string,
  ) {
    super(`We could not fetch ${origin}/…: ${detail}.`);
    this.name = 'FetchError';
  }
}

const CONNECTION_PROBLEMS: Record<string, string> = {
  ECONNREFUSED: 'it refused the connection',
  EHOSTUNREACH: 'there is no way to it',
  ENETUNREACH: 'there is no way to it',
  ETIMEDOUT: 'it does not answer',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate chain is incomplete',
};

/** What a socket, TLS or abort error means in our words. */
export function asFetchError(error: unknown, origin: string, stage: 'unconnected' | 'broken'): FetchError {
  if (error instanceof FetchError) return error;
  const { name, code } = nameAndCode(error);
  if (name === 'TimeoutError' || name === 'AbortError') return new FetchError('timeout', origin, 'it took too long');
  const known = code === undefined ? undefined : CONNECTION_PROBLEMS[code];
  const fallback = stage === 'unconnected' ? 'the connection failed' : 'the connection broke off';
  return new FetchError(stage, origin, known ?? (code ? `${fallback} (${code})` : fallback));
}

/** Node's errors tell themselves apart by `code`, abort reasons by `name`. */
export function nameAndCode(error: unknown): { name?: unknown; code?: string } {
  if (typeof error !== 'object' || error === null) return {};
  return {
    name: 'name' in error ? error.name : undefined,
    code: 'code' in error && typeof error.code === 'string' ? error.code : undefined,
  };
}

/** The issuer of the user that stands for the installation: no token may speak in its name. */
const INSTALLATION = 'installation';

/** Whom a verified token speaks of. */
export interface TokenSubject {
  /** Null when the token names none, which only an installation without JWT_ISSUER accepts. */
  issuer: string | null;
  subject: string;
}

/**
 * Reads the claims we go by from a payload whose signature, times, issuer and audience were already checked.
 * @returns null when it lacks `sub` or `exp`: a token that never ends is not accepted
 */
export function readSubject(payload: unknown): TokenSubject | null {
  if (typeof payload !== 'object' || payload === null) return null;
  const { iss, sub, exp }: { iss?: unknown; sub?: unknown; exp?: unknown } = payload;
  if (typeof exp !== 'number' || !isName(sub)) return null;
  if (iss !== undefined && (!isName(iss) || iss === INSTALLATION)) return null;
  return { issuer: iss ?? null, subject: sub };
}

/** RFC 7519 sets no limit, OpenID Connect 255 characters for `sub`; PostgreSQL text cannot hold NUL. */
function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= 255 && !value.includes('\0');
}

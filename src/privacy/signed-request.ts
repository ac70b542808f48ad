import { createHmac, timingSafeEqual } from 'node:crypto';
import { type Secret } from '../common/secret';

/** What Meta says with a signed request: a person of this login took the app away, or wants their data erased. */
export interface SignedPerson {
  /** The person's id within the app: a Facebook user's, or `id` (not `user_id`) of `/me` with Instagram Login. */
  appScopedUserId: string;
  /** Seconds since 1970; null where it was not said. */
  issuedAt: number | null;
}

/**
 * Opens `base64url(signature).base64url(payload)`, which is signed with HMAC-SHA256 over the *encoded* payload (reference
 * §1a). @returns null unless this secret signed it, in this way, about a person
 */
export function openSignedRequest(text: string, secret: Secret): SignedPerson | null {
  const [signature, payload, ...rest] = text.split('.');
  if (!signature || !payload || rest.length > 0) return null;
  const expected = createHmac('sha256', secret.reveal()).update(payload).digest();
  const given = Buffer.from(signature, 'base64url');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
  return personIn(Buffer.from(payload, 'base64url').toString('utf8'));
}

function personIn(json: string): SignedPerson | null {
  let said: unknown;
  try {
    // Ids have 17 digits and sometimes no quotes: as a number they would lose the last one.
    said = JSON.parse(json.replace(/("user_id"\s*:\s*)(\d+)/, '$1"$2"'));
  } catch {
    return null;
  }
  if (typeof said !== 'object' || said === null) return null;
  const { algorithm, user_id, issued_at } = said as Record<string, unknown>;
  if (typeof algorithm !== 'string' || algorithm.toUpperCase() !== 'HMAC-SHA256') return null;
  if (typeof user_id !== 'string' || !/^[\w-]{1,64}$/.test(user_id)) return null;
  return { appScopedUserId: user_id, issuedAt: Number.isSafeInteger(issued_at) ? Number(issued_at) : null };
}

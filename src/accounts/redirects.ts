import { parseUrl } from '../common/parse-url';

/** Where a browser may go in the course of a login. */
export interface Redirects {
  /** Where Meta's dialogs send it back to by default: our own callback. */
  redirectUri: string;
  /** Of the installation's front ends; the first is the usual one. */
  frontendUrls: readonly string[];
}

/** Our callback as it is set, byte for byte; or any page of a front end: same scheme, host and port. */
export function isAllowedRedirect(asked: string, { redirectUri, frontendUrls }: Redirects): boolean {
  if (asked === redirectUri) return true;
  // A backslash is a slash to browsers and not to everybody; nothing that means two things gets through.
  const url = parseUrl(asked);
  if (!/^https?:\/\/[\x21-\x5b\x5d-\x7e]+$/.test(asked) || !url) return false;
  const { origin, username, password, hash } = url;
  if (username !== '' || password !== '' || hash !== '' || asked.includes('#')) return false;
  return frontendUrls.some((frontend) => new URL(frontend).origin === origin);
}

/**
 * Where the browser ends after our callback: the page of a front end that the login was begun for, else the usual one.
 * @param begunFor the redirect URI of the login; null: not known
 * @returns null when there is no front end
 */
export function browserEnd(begunFor: string | null, redirects: Redirects): URL | null {
  const { redirectUri, frontendUrls } = redirects;
  // Not our callback itself, which may have its origin in common with a front end: that would go round in circles.
  const asked = begunFor !== null && begunFor !== redirectUri && isAllowedRedirect(begunFor, redirects);
  const end = asked ? begunFor : frontendUrls[0];
  return end === undefined ? null : new URL(end);
}

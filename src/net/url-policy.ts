import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { AppError } from '../common/app-error';
import { parseUrl } from '../common/parse-url';

/** Where a URL leads, as far as its text can tell. The addresses behind `host` are judged after they were resolved. */
export interface Destination {
  /** Parsed and normalised, without a fragment. */
  url: URL;
  /** Lowercase name, or an IP address without brackets. */
  host: string;
  port: number;
  /** True for a `host:port` that the operator exempted from the ban on private addresses. */
  exempt: boolean;
}

const MAX_URL_LENGTH = 4096;

/** WHATWG parsing drops or rewrites these without a word; whoever looks at the text would see another URL than we do. */
const TRICK_CHARACTERS = /[\p{Cc}\s\\]/u;

/** What name servers answer for; WHATWG lets more through, such as `!` and `*`. A name without a dot is a local one. */
const DOTTED_NAME = /^[a-z0-9_-]+(\.[a-z0-9_-]+)+$/;

/** Names of a machine's or a network's own (RFC 6761, RFC 6762, RFC 8375, and ICANN's `internal`): not even looked up. */
const PRIVATE_NAMES = /(^|\.)(localhost|local|internal|lan|home\.arpa)$/;

/** Above 1023, what browsers refuse too: https://fetch.spec.whatwg.org/#port-blocking */
const BAD_PORTS = new Set([
  1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
]);

/** Global unicast as IANA hands it out; the rest of IPv6 is special or unassigned. */
const PUBLIC_IPV6: [ipaddr.IPv6, number] = [ipaddr.IPv6.parse('2000::'), 3];

/**
 * Reads a URL that somebody gave us. Nothing is resolved or connected here.
 * @param allowedPrivateHosts lowercase `host:port`, as written in the URL with the default port filled in
 * @throws AppError `url_not_allowed`
 */
export function readDestination(text: string, allowedPrivateHosts: ReadonlySet<string>): Destination {
  if (text.length > MAX_URL_LENGTH) throw refused(`The URL is longer than ${MAX_URL_LENGTH} characters.`);
  if (TRICK_CHARACTERS.test(text))
    throw refused('The URL holds a space, a backslash or a control character; write it percent-encoded.');
  if (!/^https?:\/\/[^/]/i.test(text)) throw refused('The URL must start with https:// or http:// and a host.');
  const url = parseUrl(text);
  if (!url) throw refused('This is not a URL.');
  url.hash = '';
  if (url.username !== '' || url.password !== '' || /^[^/?#]*@/.test(text.replace(/^https?:\/\//i, '')))
    throw refused(`The URL for ${url.hostname} carries a user name or password.`);

  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  const exempt = allowedPrivateHosts.has(`${url.hostname}:${port}`);
  if (!exempt) checkHost(host, port);
  return { url, host, port, exempt };
}

/**
 * Judges what a host resolved to: every address has to be public, so that none of them can be picked later.
 * @throws AppError `url_not_allowed`
 */
export function checkAddresses(destination: Destination, addresses: readonly string[]): void {
  if (!destination.exempt && !addresses.every(isPublicAddress))
    throw refused(`${destination.host} leads to an address that is not public.`);
}

/** True for public unicast. Addresses that wrap an IPv4 one (mapped, NAT64, 6to4, Teredo) are not: they hide where they lead. */
export function isPublicAddress(address: string): boolean {
  // ipaddr.js also takes short forms such as 127.1, which no resolver answers.
  if (isIP(address) === 0) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.range() !== 'unicast') return false;
  return parsed instanceof ipaddr.IPv6 ? !parsed.zoneId && parsed.match(PUBLIC_IPV6) : true;
}

function checkHost(host: string, port: number): void {
  if (port !== 80 && port !== 443 && (port < 1024 || BAD_PORTS.has(port)))
    throw refused(`Port ${port} of ${host} does not serve media; use 443, 80 or a port above 1023.`);
  if (isIP(host) !== 0) {
    if (!isPublicAddress(host)) throw refused(`${host} is not a public address.`);
    return;
  }
  const name = host.replace(/\.$/, '');
  if (!DOTTED_NAME.test(name) || PRIVATE_NAMES.test(name)) throw refused(`${host} is not a public host name.`);
}

function refused(detail: string): AppError {
  return new AppError('url_not_allowed', detail, {
    action_required: 'Use an http(s) URL on a public host, without a login in it.',
  });
}

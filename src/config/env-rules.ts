import { createPrivateKey } from 'node:crypto';
import { validateCronExpression } from 'cron';
import { ValidateBy } from 'class-validator';
import { parseUrl } from '../common/parse-url';

/** A rule on one string variable: `problem` answers what is wrong, or null. It never repeats the value: it may be a secret. */
function rule(name: string, problem: (value: string) => string | null): PropertyDecorator {
  const check = (value: unknown) => (typeof value === 'string' ? problem(value) : 'must be text');
  return ValidateBy({
    name,
    validator: {
      validate: (value) => check(value) === null,
      defaultMessage: (args) => check(args?.value) ?? '',
    },
  });
}

/** `https://host[:port]`, nothing after it: paths are ours to add. */
export const IsOrigin = () =>
  rule('isOrigin', (value) => {
    const parsed = parseUrl(value);
    if (!parsed) return 'must be an origin such as https://graph.facebook.com';
    if (!/^https?:$/.test(parsed.protocol)) return 'must start with http:// or https://';
    return parsed.origin === value ? null : `must be an origin without a path: ${parsed.origin}`;
  });

/** `smtp[s]://[user:password@]host[:port]`, name and password percent-encoded where they have to be. */
export const IsSmtpUrl = () =>
  rule('isSmtpUrl', (value) => {
    const advice = 'must look like smtp://user:password@host:587 or smtps://…, with user and password percent-encoded';
    const url = parseUrl(value);
    if (!/^smtps?:\/\/[^/]/.test(value) || !url) return advice;
    const { username, password, hostname } = url;
    return hostname !== '' && [username, password].every(isPercentEncoded) ? null : advice;
  });

function isPercentEncoded(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/** The key file of a Google service account, as it was downloaded. */
export const IsServiceAccount = () =>
  rule('isServiceAccount', (value) => {
    const advice = "must be the JSON of a service account's key, as Google Cloud gives it for download";
    const key = jsonObject(value);
    if (key?.type !== 'service_account' || typeof key.client_email !== 'string') return advice;
    if (typeof key.private_key !== 'string' || !isPrivateKey(key.private_key))
      return `${advice}: its private_key is no key`;
    const tokenUri = key.token_uri ?? 'https://oauth2.googleapis.com/token';
    const isUrl = typeof tokenUri === 'string' && /^https?:$/.test(plainUrl(tokenUri)?.protocol ?? '');
    return isUrl ? null : `${advice}: its token_uri is no http(s) URL`;
  });

function jsonObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

function isPrivateKey(pem: string): boolean {
  try {
    return createPrivateKey(pem).asymmetricKeyType === 'rsa';
  } catch {
    return false;
  }
}

/** Six fields, seconds first. */
export const IsCron = () =>
  rule('isCron', (value) =>
    value.trim().split(/\s+/).length === 6 && validateCronExpression(value).valid
      ? null
      : 'must be a cron expression of six fields, seconds first, e.g. "0 * * * * *"',
  );

/** A name of the IANA time zone database. */
export const IsTimeZone = () =>
  rule('isTimeZone', (value) => {
    try {
      new Intl.DateTimeFormat('en', { timeZone: value });
      return null;
    } catch {
      return 'must be a time zone such as UTC or Europe/Berlin';
    }
  });

/** Milliseconds, comma-separated, each greater than the one before. */
export const IsMilliseconds = () =>
  rule('isMilliseconds', (value) => {
    const delays = value.split(',').map(Number);
    const rising = delays.every((delay, i) => Number.isInteger(delay) && delay > (i === 0 ? 0 : (delays[i - 1] ?? 0)));
    return rising ? null : 'must be rising whole milliseconds, comma-separated, e.g. 5000,15000,30000';
  });

/** `host:port`, comma-separated; may be empty. */
export const IsHostPorts = () =>
  rule('isHostPorts', (value) =>
    value === '' || value.split(',').every((entry) => /^(\[[0-9a-f:]+\]|[a-z0-9.-]+):\d{1,5}$/i.test(entry.trim()))
      ? null
      : 'must be host:port entries, comma-separated, e.g. 127.0.0.1:8800',
  );

/** http(s) addresses, comma-separated; may be empty. */
export const IsUrls = () =>
  rule('isUrls', (value) =>
    value === '' || value.split(',').every((entry) => /^https?:$/.test(plainUrl(entry.trim())?.protocol ?? ''))
      ? null
      : 'must be http(s) URLs without login and #, comma-separated, e.g. https://app.example.com',
  );

function plainUrl(text: string): URL | null {
  const url = parseUrl(text);
  return url && url.username === '' && url.password === '' && url.hash === '' ? url : null;
}

/** Words of examples and templates. Random base64 of this length has none of them (less than once in 10^8). */
const OF_AN_EXAMPLE =
  /change.?(me|this)|replace.?(me|this)|example|your.?(jwt|secret|key)|(super|string|top|jwt|my|bit).?secret|secret.?key|placeholder|password|sandbox|openssl|qwerty|123456789|abcdefgh|:\/\//i;

/** At least 32 characters, and none that somebody could guess or copy from an example. */
export const IsStrongSecret = () =>
  rule('isStrongSecret', (value) => {
    if (value.length < 32) return 'must have at least 32 characters';
    if (OF_AN_EXAMPLE.test(value)) return 'is guessable: it reads like an example';
    return new Set(value).size < 10 || isPeriodic([...value]) ? 'is guessable' : null;
  });

/** `kid:base64(32 bytes)`, comma-separated. Refuses keys that nobody drew at random. */
export const IsEncryptionKeys = () =>
  rule('isEncryptionKeys', (value) => {
    const entries = value.split(',').map((entry) => entry.trim());
    const kids = entries.map((entry) => entry.slice(0, entry.indexOf(':')));
    if (new Set(kids).size !== kids.length) return 'names the same key id twice';
    const seen = new Map<string, number>();
    for (const [i, entry] of entries.entries()) {
      const place = `entry ${i + 1}`;
      if (!/^[A-Za-z0-9_-]{1,32}:[A-Za-z0-9+/]+={0,2}$/.test(entry)) return `${place} must look like kid:base64`;
      const key = Buffer.from(entry.slice(entry.indexOf(':') + 1), 'base64');
      if (key.length !== 32) return `${place} must hold 32 bytes, but holds ${key.length}`;
      const why = whyGuessable(key);
      if (why) return `${place} is guessable (${why}): use random bytes`;
      const twin = seen.get(key.toString('hex'));
      if (twin !== undefined) return `${place} is the key of entry ${twin} once more: draw a new one`;
      seen.set(key.toString('hex'), i + 1);
    }
    return null;
  });

/** 32 random bytes are none of these (less than once in 10^12). */
function whyGuessable(key: Buffer): string | null {
  const bytes = [...key];
  if (bytes.every((byte) => byte === 0)) return 'all zero';
  if (isPeriodic(bytes)) return 'it repeats itself';
  const steps = new Set(bytes.slice(1).map((byte, i) => (byte - (bytes[i] ?? 0) + 256) % 256));
  if (steps.size === 1) return 'it counts';
  if (bytes.every((byte) => byte >= 0x20 && byte < 0x7f)) return 'it is text';
  return new Set(bytes).size < 16 ? 'too few different bytes' : null;
}

/** The same half or less, over and over. */
function isPeriodic(parts: readonly unknown[]): boolean {
  for (let period = 1; period <= parts.length / 2; period++)
    if (parts.every((part, i) => part === parts[i % period])) return true;
  return false;
}

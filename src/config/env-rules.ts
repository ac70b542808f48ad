import { validateCronExpression } from 'cron';
import { ValidateBy } from 'class-validator';

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
    if (!URL.canParse(value)) return 'must be an origin such as https://graph.facebook.com';
    const parsed = new URL(value);
    if (!/^https?:$/.test(parsed.protocol)) return 'must start with http:// or https://';
    return parsed.origin === value ? null : `must be an origin without a path: ${parsed.origin}`;
  });

/** Six fields, seconds first. */
export const IsCron = () =>
  rule('isCron', (value) =>
    value.trim().split(/\s+/).length === 6 && validateCronExpression(value).valid
      ? null
      : 'must be a cron expression of six fields, seconds first, e.g. "0 * * * * *"',
  );

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
  const url = URL.canParse(text) ? new URL(text) : null;
  return url && url.username === '' && url.password === '' && url.hash === '' ? url : null;
}

/** At least 32 characters, and not one that stands in an example. */
export const IsStrongSecret = () =>
  rule('isStrongSecret', (value) => {
    if (value.length < 32) return 'must have at least 32 characters';
    return new Set(value).size < 10 || /change.?me|example|your.?secret/i.test(value) ? 'is guessable' : null;
  });

/** `kid:base64(32 bytes)`, comma-separated. Refuses all-zero and repeating keys. */
export const IsEncryptionKeys = () =>
  rule('isEncryptionKeys', (value) => {
    const entries = value.split(',').map((entry) => entry.trim());
    const kids = entries.map((entry) => entry.slice(0, entry.indexOf(':')));
    if (new Set(kids).size !== kids.length) return 'names the same key id twice';
    for (const [i, entry] of entries.entries()) {
      const place = `entry ${i + 1}`;
      if (!/^[A-Za-z0-9_-]{1,32}:[A-Za-z0-9+/]+={0,2}$/.test(entry)) return `${place} must look like kid:base64`;
      const key = Buffer.from(entry.slice(entry.indexOf(':') + 1), 'base64');
      if (key.length !== 32) return `${place} must hold 32 bytes, but holds ${key.length}`;
      if (new Set(key).size < 12) return `${place} is guessable: use random bytes`;
    }
    return null;
  });

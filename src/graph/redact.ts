const REDACTED = '[redacted]';
const TOKEN_SHAPES = /\b(?:EA[A-Za-z0-9_-]{20,}|IG[A-Za-z0-9_-]{20,})/g;
/** Signed media addresses carry their key in the query. */
const URL_QUERIES = /(https?:\/\/[^\s?#]+)\?[^\s"']*/g;
const LONGEST = 1_000;

/**
 * Takes the secrets of a call out of what Meta wrote back: "Malformed access token EAA…" repeats the token. Null stays
 * null. The known secrets go first, then whatever looks like a token.
 */
export function redactor(secrets: readonly string[]): <T extends string | null>(text: T) => T | string {
  const known = secrets.filter((secret) => secret.length >= 4).flatMap(spellings);
  return (text) => {
    if (text === null) return text;
    const withoutKnown = known.reduce<string>((rest, secret) => rest.replaceAll(secret, REDACTED), text);
    return withoutKnown.replace(URL_QUERIES, `$1?${REDACTED}`).replace(TOKEN_SHAPES, REDACTED).slice(0, LONGEST);
  };
}

/** As it is, and as a query and a form write it. */
function spellings(secret: string): string[] {
  return [secret, encodeURIComponent(secret), new URLSearchParams([['', secret]]).toString().slice(1)];
}

/**
 * The URL that a text is; null: it is none. Not by `URL.canParse`: as soon as V8 has optimised a caller of it, Node.js 20 says no
 * to every URL with a Latin-1 letter in it, such as `https://bücher.example`.
 * @param base what a relative one is relative to
 */
export function parseUrl(text: string, base?: URL): URL | null {
  try {
    return new URL(text, base);
  } catch {
    return null;
  }
}

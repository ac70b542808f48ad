import { html, Html } from './html';
import { styles } from './styles';

/** A whole page. Nothing comes from another host: one style sheet, inside. */
export function page(title: string, body: Html, script = ''): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <link rel="icon" href="${ICON}" />
        <style>
          ${new Html(styles)}
        </style>
      </head>
      <body>
        <nav class="top">
          <a class="brand" href="/"><span class="mark"></span>sandbox</a>
          <span class="hint">A stand-in for Instagram. Nothing here leaves this machine.</span>
        </nav>
        ${body} ${script && new Html(`<script>${script}</script>`)}
      </body>
    </html>`.text;
}

const ICON =
  'data:image/svg+xml,' +
  encodeURIComponent(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect x="2" y="2" width="28" height="28" rx="9" ' +
      'fill="#e0567a"/><circle cx="16" cy="16" r="6.5" fill="none" stroke="#fff" stroke-width="3"/></svg>',
  );

/** A round picture with the account's first letter; every name has a colour of its own. */
export function avatar(name: string, size: 'small' | 'large' | 'story' = 'small'): Html {
  const hue = [...name].reduce((sum, char) => (sum * 31 + (char.codePointAt(0) ?? 0)) % 360, 7);
  const letter = (name.replace(/^sandbox[. ]/i, '')[0] ?? '?').toUpperCase();
  return html`<span class="avatar ${size}" style="--hue: ${hue}"><span>${letter}</span></span>`;
}

/** `12840` → `12.8K`, as Instagram writes it. */
export function shortNumber(value: number): string {
  return new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 }).format(value);
}

/** How long ago, in words. */
export function ago(then: number, now: number): string {
  const seconds = Math.max(0, Math.round((now - then) / 1000));
  if (seconds < 5) return 'just now';
  if (seconds < 60) return `${seconds}s ago`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)}m ago`;
  return seconds < 86_400 ? `${Math.floor(seconds / 3_600)}h ago` : `${Math.floor(seconds / 86_400)}d ago`;
}

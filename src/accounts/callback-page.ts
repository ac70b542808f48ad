import { STYLE, STYLE_SOURCE } from './callback-style';

/** How a login ended, in the words of the address that the browser is sent to. */
export type CallbackEnd = { connected: 'true'; account_id: string } | { selection_token: string } | { error: string };

/** What a browser gets. */
export interface BrowserAnswer {
  status: 200 | 302;
  headers: Record<string, string>;
  body: string;
}

const HEADERS = {
  // The address that the browser comes from has the code in it.
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'content-security-policy': `default-src 'none'; style-src ${STYLE_SOURCE}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
};

/** On to the front end; its own query stays. */
export function redirectTo(address: URL, end: CallbackEnd): BrowserAnswer {
  const target = new URL(address);
  for (const [name, value] of Object.entries(end)) target.searchParams.set(name, value);
  return { status: 302, headers: { ...HEADERS, location: target.href }, body: '' };
}

/** The same for a person, where there is no front end. @param detail for errors: what happened and what to do */
export function plainPage(end: CallbackEnd, detail: string): BrowserAnswer {
  const facts = Object.entries(end).map(([name, value]) => `<p>${name}: <code>${escaped(value)}</code></p>`);
  const title = 'connected' in end ? 'Connected' : 'error' in end ? 'Not connected' : 'One more step';
  const body = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title><style>${STYLE}</style></head>
<body>
<h1>${title}</h1>
<p>${escaped(detail)}</p>
${facts.join('\n')}
<p>You can close this page.</p>
</body>
</html>
`;
  return { status: 200, headers: { ...HEADERS, 'content-type': 'text/html; charset=utf-8' }, body };
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

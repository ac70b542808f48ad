/** Text that is HTML already; everything else is escaped when it goes into a page. */
export class Html {
  constructor(readonly text: string) {}
}

type Part = Html | Html[] | string | number | null | false | undefined;

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function write(part: Part): string {
  if (part instanceof Html) return part.text;
  if (Array.isArray(part)) return part.map(write).join('');
  if (part === null || part === undefined || part === false) return '';
  return String(part).replace(/[&<>"']/g, (char) => escapes[char] ?? char);
}

/** A piece of page. What is put in is escaped unless it is made with this, too. */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Html {
  return new Html(strings.reduce((text, string, i) => text + write(parts[i - 1]) + string));
}

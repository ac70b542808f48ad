import { createHash } from 'node:crypto';

/** How the callback's own page looks. */
export const STYLE = `body{margin:15vh auto;max-width:30rem;padding:0 1.5rem;font:1rem/1.5 system-ui,sans-serif;color:#1c1e21}
h1{font-size:1.5rem}code{overflow-wrap:anywhere;background:#f0f0f2;border-radius:.3rem;padding:.1rem .3rem}p:last-child{color:#65676b}`;

/** It by its hash, for the page's content security policy: no other style is taken. */
export const STYLE_SOURCE = `'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`;

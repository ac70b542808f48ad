// What the scripts print. Colours and rewritten lines only where a person watches: logs and CI get plain lines.

const tty = Boolean(process.stdout.isTTY) && process.env.TERM !== 'dumb';
const colour = tty && !process.env.NO_COLOR;
const paint = (code) => (text) => (colour ? `\x1b[${code}m${text}\x1b[0m` : String(text));

export const bold = paint(1);
export const dim = paint(2);
export const red = paint(31);
export const green = paint(32);
export const yellow = paint(33);
export const cyan = paint(36);

export function say(line = '') {
  process.stdout.write(`${line}\n`);
}

const seconds = (since) => Math.round((Date.now() - since) / 1000);

/** Runs `work` under a line that counts the seconds; where nobody watches, a line at the start, every ten seconds and at the end. */
export async function withProgress(label, work) {
  const start = Date.now();
  let note = '';
  const text = () => `${label}${note && `: ${note}`} … ${seconds(start)} s`;
  const show = () => (tty ? process.stdout.write(`\r\x1b[2K${dim('·')} ${text()}`) : say(`· ${text()}`));
  if (tty) show();
  else say(`· ${label} …`);
  const timer = setInterval(show, tty ? 1_000 : 10_000);
  const end = (mark) => {
    clearInterval(timer);
    if (tty) process.stdout.write('\r\x1b[2K');
    say(`${mark} ${label} ${dim(`(${((Date.now() - start) / 1000).toFixed(1)} s)`)}`);
  };
  try {
    const result = await work((text) => (note = text));
    end(green('✓'));
    return result;
  } catch (error) {
    end(red('✗'));
    throw error;
  }
}

/** A frame that can't be overlooked. */
export function box(lines, tint = yellow) {
  const width = Math.max(...lines.map((line) => line.length));
  say(tint(`┏${'━'.repeat(width + 2)}┓`));
  for (const line of lines) say(`${tint('┃')} ${line.padEnd(width)} ${tint('┃')}`);
  say(tint(`┗${'━'.repeat(width + 2)}┛`));
}

/** An error whose message is meant for the person at the keyboard: it says what to do next, and no stack is shown. */
export class Advice extends Error {
  constructor(message) {
    super(message);
    this.stack = message;
  }
}

export function explain(error) {
  if (error instanceof Advice) return error.message;
  if (error?.code === 'ENOSPC') return 'The disk is full: free some space and run this again.';
  if (error?.code === 'EACCES' && error.path)
    return `${error.path} is not yours to use (${error.syscall}).\nWas it made by root? Then: sudo chown -R "$(id -un)" .data`;
  return error?.stack ?? String(error);
}

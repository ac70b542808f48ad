import { createTransport } from 'nodemailer';
import { redactText } from '../common/log';
import { type Secret } from '../common/secret';
import { type Outgoing, type Outlet, type Sending } from './outlet';

/** For each step, and for all of them. */
const STEP_MS = 10_000;
const DEADLINE_MS = 30_000;

/** E-mail by the operators' own server. */
export class EmailOutlet implements Outlet {
  readonly perMinute = 30;

  /** @param operators the address that messages come from, unless the URL has another one */
  constructor(
    private readonly smtpUrl: Secret,
    private readonly operators: string,
  ) {}

  async send({ key, subject, text, to }: Outgoing): Promise<Sending> {
    const { server, from } = readSmtpUrl(this.smtpUrl, this.operators);
    const transport = createTransport({
      ...server,
      dnsTimeout: STEP_MS,
      connectionTimeout: STEP_MS,
      greetingTimeout: STEP_MS,
      socketTimeout: STEP_MS,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    try {
      await transport.sendMail({
        from: { name: 'instagram-publisher', address: from },
        // An address by itself is never parsed, so that it cannot turn out to be several.
        to: { name: '', address: to ?? this.operators },
        subject,
        text,
        // A message that was sent and not marked as sent comes twice; by this, mail programs know it again.
        messageId: `<${key}>`,
        headers: { 'Auto-Submitted': 'auto-generated' },
        signal: AbortSignal.timeout(DEADLINE_MS),
      });
      return { sent: true };
    } catch (error) {
      return failure(error, server.auth?.pass);
    } finally {
      transport.close();
    }
  }
}

/** `?from=` says whom messages come from, `?requireTLS=false` that a password may travel in clear. */
function readSmtpUrl(url: Secret, operators: string) {
  const { protocol, hostname, port, username, password, searchParams } = new URL(url.reveal());
  const secure = protocol === 'smtps:';
  const user = decodeURIComponent(username);
  return {
    server: {
      host: hostname.replace(/^\[|\]$/g, ''),
      ...(port === '' ? {} : { port: Number(port) }),
      secure,
      requireTLS: !secure && user !== '' && searchParams.get('requireTLS') !== 'false',
      auth: user === '' ? undefined : { user, pass: decodeURIComponent(password) },
    },
    from: searchParams.get('from') ?? (user.includes('@') ? user : operators),
  };
}

function failure(error: unknown, password: string | undefined): Sending {
  const { message, code, responseCode } = error as { message?: string; code?: string; responseCode?: number };
  const said = String(message ?? error).replace(/\s+/g, ' ');
  const safe = redactText(password ? said.replaceAll(password, '[redacted]') : said).slice(0, 300);
  // Sender, recipient or text refused for good. A login or TLS that fails is the operators' to mend: then it goes out.
  const permanent = (responseCode ?? 0) >= 500 && (code === 'EENVELOPE' || code === 'EMESSAGE');
  return { sent: false, why: `The mail server: ${safe}`, permanent };
}

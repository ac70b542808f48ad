import { text } from 'node:stream/consumers';
import { AppError } from '../common/app-error';
import { redactText } from '../common/log';
import { type SheetSettings } from '../config/settings';
import { FetchError } from '../net/fetch-error';
import { type FetchedResponse, type GuardedHttp } from '../net/guarded-http';
import { GoogleToken } from './google-token';
import { type Outgoing, type Outlet, type Sending } from './outlet';
import { type SheetRow, type SheetRows } from './sheet-rows';

const DEADLINE_MS = 15_000;
const MAX_ANSWER_BYTES = 100_000;
/** Post and account of half a million rows. */
const MAX_COLUMNS_BYTES = 20 * 1024 * 1024;
/** From the first column of the first sheet; `insertDataOption` puts each row below the last. */
const TABLE = 'A:G';
/** Which post, of which account. */
const KEYS = 'B:C';

/**
 * A row of a Google Sheet for each published post. Google takes no key that makes a row the same, so a row that may have
 * got there is looked for before it is sent again.
 * https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets.values/append
 */
export class GoogleSheetOutlet implements Outlet {
  /** Google takes 60 a minute of one account: https://developers.google.com/workspace/sheets/api/limits */
  readonly perMinute = 50;
  private readonly token: GoogleToken;

  constructor(
    private readonly sheet: SheetSettings,
    private readonly http: GuardedHttp,
    private readonly rows: SheetRows,
  ) {
    this.token = new GoogleToken(sheet.account, http);
  }

  async send({ postId, isRepeat }: Outgoing): Promise<Sending> {
    const row = postId === null ? null : await this.rows.of(postId);
    if (!row) return { sent: false, why: 'The post is gone.', permanent: true };
    try {
      const token = await this.token.read();
      if (isRepeat) {
        const seen = await this.sees(row, token);
        if (seen !== 'no') return seen === 'yes' ? { sent: true } : seen;
      }
      return await this.append(row, token);
    } catch (error) {
      if (error instanceof AppError) return { sent: false, why: error.detail, permanent: true };
      const said = error instanceof FetchError ? error.message : `Google: ${(error as Error).message}`;
      return { sent: false, why: redactText(said.replace(/\s+/g, ' ')).slice(0, 300), permanent: false };
    }
  }

  /** RAW: a caption that begins with = + - or @ stays text. */
  private async append(row: SheetRow, token: string): Promise<Sending> {
    const answer = await this.http.post(this.url(`${TABLE}:append?valueInputOption=RAW&insertDataOption=INSERT_ROWS`), {
      body: JSON.stringify({ values: [row] }),
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json; charset=utf-8' },
      maxBytes: MAX_ANSWER_BYTES,
      signal: AbortSignal.timeout(DEADLINE_MS),
    });
    if (answer.status !== 200) return this.refusal(answer);
    answer.body.destroy();
    return { sent: true };
  }

  private async sees([, postId, accountId]: SheetRow, token: string): Promise<'yes' | 'no' | Sending> {
    const answer = await this.http.open(this.url(`${KEYS}?valueRenderOption=UNFORMATTED_VALUE`), {
      headers: { authorization: `Bearer ${token}` },
      maxBytes: MAX_COLUMNS_BYTES,
      signal: AbortSignal.timeout(DEADLINE_MS),
    });
    if (answer.status !== 200) return this.refusal(answer);
    const { values = [] } = JSON.parse(await text(answer.body)) as { values?: unknown[][] };
    const isThere = values.some(([post, account]) => String(post) === String(postId) && String(account) === accountId);
    return isThere ? 'yes' : 'no';
  }

  /** A sheet that isn't there or not shared is the operators' to mend, and tried again for the day. */
  private async refusal({ status, headers, body }: FetchedResponse): Promise<Sending> {
    if (status === 401) this.token.forget();
    const said = redactText((await text(body).catch(() => '')).replace(/\s+/g, ' ')).slice(0, 200);
    const retryAfter = headers['retry-after'] ?? '';
    return {
      sent: false,
      why: `Google Sheets answered ${status}${said === '' ? '.' : `: ${said}`}`,
      permanent: status === 400,
      retryAfterMs: /^\d{1,6}$/.test(retryAfter) ? Number(retryAfter) * 1_000 : 0,
    };
  }

  private url(rest: string): string {
    const { origin, spreadsheetId } = this.sheet;
    return `${origin}/v4/spreadsheets/${encodeURIComponent(spreadsheetId)}/values/${rest}`;
  }
}

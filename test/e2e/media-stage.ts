import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { eventually, type Answer, type Client, type House } from '../support/app';

export const ASSETS = '/api/instagram/assets';
export const demo = (name: string) => readFile(resolve(__dirname, '../../demo', name));

export interface FetchRow {
  post_id: number | null;
  item: number | null;
  method: string;
  user_agent: string | null;
  byte_range: string | null;
  status: number;
  bytes_sent: number;
  bytes_wanted: number | null;
  is_whole: boolean;
}

/** What the relay wrote down of an asset's file, oldest first, once there are so many. */
export function fetchesOf(house: House, assetId: number, count: number): Promise<FetchRow[]> {
  return eventually(
    () => house.query<FetchRow>('SELECT * FROM media_fetches WHERE asset_id = $1 ORDER BY at, id', [assetId]),
    (rows) => rows.length >= count,
    5_000,
  );
}

/** An asset of that file. */
export async function uploaded(user: Client, file: Buffer): Promise<Answer['body']> {
  const { status, body } = await user.upload(`${ASSETS}/upload`, file, 'file.bin');
  if (status !== 201) throw new Error(JSON.stringify(body));
  return body;
}

/** Without a login, as Meta and browsers come. */
export function ask(url: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Response> {
  return fetch(url, { method, headers, redirect: 'manual' });
}

export interface Ticket {
  upload_url: string;
  headers: Record<string, string>;
  asset_id: number;
  expires_at: string;
}

export async function presigned(user: Client, body: object): Promise<Ticket> {
  const answer = await user.post(`${ASSETS}/presign`, body);
  if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
  return answer.body;
}

/** Sends the bytes as a browser would. */
export function send({ upload_url, headers }: Ticket, bytes: Buffer, others = {}): Promise<Response> {
  return fetch(upload_url, { method: 'PUT', headers: { ...headers, ...others }, body: new Uint8Array(bytes) });
}

export const complete = (user: Client, id: number) => user.post(`${ASSETS}/${id}/complete`);

/** A post that becomes due again at once, whatever it waits for. */
export async function hurried(house: House, user: Client, postId: number, ends: string[]): Promise<Answer['body']> {
  return eventually(
    async () => {
      await house.query(
        `UPDATE posts SET next_action_at = now() WHERE id = $1 AND lease_until IS NULL AND next_action_at > now()`,
        [postId],
      );
      return (await user.get(`/api/instagram/posts/${postId}/status`)).body;
    },
    (body) => ends.includes(body.status),
  );
}

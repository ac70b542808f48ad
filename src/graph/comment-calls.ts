import { type PublishOptions } from './account-calls';
import { type Credential } from './credential';
import { CREATE_TIMEOUT_MS, read, type GraphCall } from './graph-call';
import * as wire from './wire';

/** Meta gives no more at once (reference §7). */
const LARGEST_PAGE = 50;

/** Never with `fields`: Meta then makes the comment and answers 400 all the same (reference §0.9). */
export function newComment(
  { login, accessToken }: Credential,
  mediaId: string,
  message: string,
  { timeoutMs = CREATE_TIMEOUT_MS, signal, beforeSend }: PublishOptions,
): GraphCall<string> {
  return {
    method: 'POST',
    host: login,
    route: '/{media-id}/comments',
    ids: { 'media-id': mediaId },
    token: accessToken,
    json: { message },
    effect: 'publish',
    timeoutMs,
    signal,
    beforeSend,
    parse: wire.createdId,
  };
}

export function comments(
  { login, accessToken }: Credential,
  mediaId: string,
  limit: number,
): GraphCall<wire.WirePage<wire.Comment>> {
  return {
    ...read(login, '/{media-id}/comments'),
    ids: { 'media-id': mediaId },
    token: accessToken,
    query: { fields: wire.COMMENT_FIELDS, limit: Math.min(limit, LARGEST_PAGE) },
    parse: (answer) => wire.page(answer, wire.comment),
  };
}

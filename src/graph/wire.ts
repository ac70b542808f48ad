import { Secret } from '../common/secret';
import * as json from './json';

/** Fields that we ask for, beside the parse that reads them. */
export const CONTAINER_FIELDS = 'id,status_code,status';
export const UPLOADING_FIELDS = `${CONTAINER_FIELDS},video_status`;
export const MEDIA_FIELDS =
  'id,caption,media_type,media_product_type,permalink,shortcode,thumbnail_url,timestamp,username';
export const LIMIT_FIELDS = 'quota_usage,config';
export const COMMENT_FIELDS = 'id,text,timestamp,username,from,user';

const CONTAINER_STATUS_CODES = ['IN_PROGRESS', 'FINISHED', 'PUBLISHED', 'ERROR', 'EXPIRED'] as const;
export type ContainerStatusCode = (typeof CONTAINER_STATUS_CODES)[number];

/** Where a container stands. `FINISHED` may be published; `PUBLISHED`, `ERROR` and `EXPIRED` are final. */
export interface ContainerState {
  statusCode: ContainerStatusCode;
  /** Meta's sentence, such as `Error: Media upload has failed with error code 2207026`. */
  status: string;
  /** How far its upload is; left out when it was not asked for, or Meta does not say. */
  upload?: UploadProgress;
}

/** Meta: `video_status.uploading_phase`; reference §2.3. */
export interface UploadProgress {
  phase: 'under_way' | 'complete' | 'error';
  /** How many bytes Meta has: the next one is sent at this offset. */
  bytes: number;
}

/** A published post, reel or story as Instagram shows it. Meta: IG Media; reference §2.7. */
export interface Media {
  id: string;
  /** `IMAGE`, `VIDEO` or `CAROUSEL_ALBUM`. */
  mediaType: string;
  /** `FEED`, `REELS`, `STORY` or `AD`; a reel has `mediaType` VIDEO. Null where Meta leaves it out. */
  productType: string | null;
  caption: string | null;
  permalink: string | null;
  shortcode: string | null;
  thumbnailUrl: string | null;
  username: string | null;
  /** Precise to the second. */
  timestamp: Date | null;
}

/** A comment on a medium, or one of the replies to it. Meta: IG Comment; reference §7. */
export interface Comment {
  id: string;
  text: string;
  /** Precise to the second. */
  timestamp: Date | null;
  /** Null where Meta doesn't say: others' names need the permission to manage comments. */
  username: string | null;
  /** The author's id as this app sees it, which of an account's own comments may be another than the account's. */
  authorId: string | null;
  /** Meta's word that the account which asks wrote it: it gives `user` for no other comment. */
  isOwn: boolean;
}

/** Posts through the API in the rolling window. Meta: content_publishing_limit; reference §2.6. */
export interface PublishingLimit {
  /** Null when Meta does not say: 25, 50 and 100 have all been true, so there is no default to assume. */
  quotaTotal: number | null;
  quotaUsed: number;
  windowSeconds: number;
}

/** One page of a list. Meta's `paging.next` carries the access token, so only the fact that there is one leaves here. */
export interface WirePage<T> {
  items: T[];
  /** Opaque, short-lived; null on the last page. */
  after: string | null;
}

/** The answer itself, or what the documented `{"data":[{…}]}` wraps around it (reference §0.3). */
export function unwrapped(answer: unknown): json.JsonRecord {
  const outer = json.record(answer, 'body');
  const [first] = json.list(outer.data);
  return json.isRecord(first) ? first : outer;
}

export function createdId(answer: unknown): string {
  return json.requiredId(json.record(answer, 'body').id, 'id');
}

export function containerState(answer: unknown): ContainerState {
  const { status_code: written, status, video_status } = json.record(answer, 'body');
  const statusCode = CONTAINER_STATUS_CODES.find((code) => code === written);
  if (!statusCode) throw new json.ShapeError('status_code');
  return { statusCode, status: json.text(status) ?? '', upload: uploadProgress(video_status) };
}

function uploadProgress(videoStatus: unknown): UploadProgress | undefined {
  const phase = json.isRecord(videoStatus) ? videoStatus.uploading_phase : null;
  if (!json.isRecord(phase)) return undefined;
  const status = json.text(phase.status) ?? '';
  const isOver = status === 'complete' || status === 'error';
  return { phase: isOver ? status : 'under_way', bytes: json.integer(phase.bytes_transferred) ?? 0 };
}

/** Meta: reference §2.3: `{"success":true,…}`. */
export function uploadDone(answer: unknown): void {
  if (json.record(answer, 'body').success !== true) throw new json.ShapeError('success');
}

export function media(answer: unknown): Media {
  const wire = json.record(answer, 'media');
  return {
    id: json.requiredId(wire.id, 'id'),
    mediaType: json.requiredText(wire.media_type, 'media_type'),
    productType: json.text(wire.media_product_type),
    caption: json.text(wire.caption),
    permalink: json.text(wire.permalink),
    shortcode: json.text(wire.shortcode),
    thumbnailUrl: json.text(wire.thumbnail_url),
    username: json.text(wire.username),
    timestamp: json.isoTime(wire.timestamp),
  };
}

export function comment(answer: unknown): Comment {
  const wire = json.record(answer, 'comment');
  const from = json.isRecord(wire.from) ? wire.from : {};
  const user = json.isRecord(wire.user) ? wire.user : {};
  return {
    id: json.requiredId(wire.id, 'id'),
    text: json.text(wire.text) ?? '',
    timestamp: json.isoTime(wire.timestamp),
    username: json.text(wire.username) ?? json.text(from.username),
    authorId: json.id(from.id) ?? json.id(user.id),
    isOwn: json.id(user.id) !== null,
  };
}

export function page<T>(answer: unknown, item: (wire: unknown) => T): WirePage<T> {
  const { data, paging } = json.record(answer, 'body');
  if (!Array.isArray(data)) throw new json.ShapeError('data');
  const links = json.isRecord(paging) ? paging : {};
  const cursors = json.isRecord(links.cursors) ? links.cursors : {};
  return { items: data.map(item), after: json.text(links.next) === null ? null : json.text(cursors.after) };
}

export function publishingLimit(answer: unknown): PublishingLimit {
  const wire = unwrapped(answer);
  const config = json.isRecord(wire.config) ? wire.config : {};
  return {
    quotaTotal: json.integer(config.quota_total),
    quotaUsed: json.requiredInteger(wire.quota_usage, 'quota_usage'),
    windowSeconds: json.integer(config.quota_duration) ?? 86_400,
  };
}

export function secret(value: unknown, what: string): Secret {
  return new Secret(json.requiredText(value, what));
}

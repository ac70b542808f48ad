import { type Readable } from 'node:stream';
import { containerBody, type ContainerSpec } from './container-spec';
import { type Credential } from './credential';
import { CREATE_TIMEOUT_MS, PUBLISH_TIMEOUT_MS, read, UPLOAD_TIMEOUT_MS, type GraphCall } from './graph-call';
import * as wire from './wire';
import { FACEBOOK_ACCOUNT_FIELDS, INSTAGRAM_USER_FIELDS, instagramAccount, type InstagramAccount } from './wire-login';

export interface CallOptions {
  signal?: AbortSignal;
}

export interface PublishOptions extends CallOptions {
  /** Default 40 s. */
  timeoutMs?: number;
  /** Runs on the open connection, right before the first byte. What it throws is thrown, and nothing was sent. */
  beforeSend?: () => void;
}

export interface ContainerQuery {
  /** Also ask how much of an upload has arrived. */
  withUpload?: boolean;
}

/** A video, or what is left of it. */
export interface VideoSource {
  /** From the first byte that is to be sent. Is read, or destroyed, whatever comes of the call. */
  stream: Readable;
  /** Of the whole file. */
  sizeBytes: number;
}

export interface UploadOptions extends CallOptions {
  /** Where in the file the stream starts. Default 0. */
  offset?: number;
}

/** Media published at `since` or later, newest first, at most `limit`. */
export interface RecentQuery {
  since: Date;
  limit: number;
}

const LARGEST_PAGE = 100;

export function account(credential: Credential, accountId: string): GraphCall<InstagramAccount> {
  return {
    ...readAs(credential, '/{ig-id}', { 'ig-id': accountId }),
    query: { fields: credential.login === 'facebook' ? FACEBOOK_ACCOUNT_FIELDS : INSTAGRAM_USER_FIELDS },
    parse: instagramAccount,
  };
}

export function newContainer(
  credential: Credential,
  accountId: string,
  spec: ContainerSpec,
  { signal }: CallOptions,
): GraphCall<string> {
  return {
    method: 'POST',
    host: credential.login,
    route: '/{ig-id}/media',
    ids: { 'ig-id': accountId },
    token: credential.accessToken,
    json: containerBody(spec),
    effect: 'some',
    timeoutMs: CREATE_TIMEOUT_MS,
    signal,
    parse: wire.createdId,
  };
}

export function container(
  credential: Credential,
  containerId: string,
  { withUpload = false }: ContainerQuery = {},
): GraphCall<wire.ContainerState> {
  return {
    ...readAs(credential, '/{container-id}', { 'container-id': containerId }),
    query: { fields: withUpload ? wire.UPLOADING_FIELDS : wire.CONTAINER_FIELDS },
    parse: wire.containerState,
  };
}

export function upload(
  { accessToken }: Credential,
  containerId: string,
  { stream, sizeBytes }: VideoSource,
  { offset = 0, signal }: UploadOptions,
): GraphCall<void> {
  return {
    method: 'POST',
    host: 'rupload',
    route: '/ig-api-upload/{version}/{container-id}',
    versioned: false,
    ids: { 'container-id': containerId },
    token: accessToken,
    upload: { stream, offset, sizeBytes, sent: 0 },
    effect: 'some',
    timeoutMs: UPLOAD_TIMEOUT_MS,
    signal,
    parse: wire.uploadDone,
  };
}

export function publication(
  credential: Credential,
  accountId: string,
  containerId: string,
  { timeoutMs = PUBLISH_TIMEOUT_MS, signal, beforeSend }: PublishOptions,
): GraphCall<string> {
  return {
    method: 'POST',
    host: credential.login,
    route: '/{ig-id}/media_publish',
    ids: { 'ig-id': accountId },
    token: credential.accessToken,
    json: { creation_id: containerId },
    effect: 'publish',
    timeoutMs,
    signal,
    beforeSend,
    parse: wire.createdId,
  };
}

export function mediaList(
  credential: Credential,
  accountId: string,
  edge: 'media' | 'stories',
  { since, limit }: RecentQuery,
): GraphCall<wire.WirePage<wire.Media>> {
  return {
    ...readAs(credential, `/{ig-id}/${edge}`, { 'ig-id': accountId }),
    query: {
      fields: wire.MEDIA_FIELDS,
      limit: Math.min(limit, LARGEST_PAGE),
      // Undocumented for stories, of which there are few.
      since: edge === 'media' ? Math.floor(since.getTime() / 1000) : undefined,
    },
    parse: (answer) => wire.page(answer, wire.media),
  };
}

export function oneMedia(credential: Credential, mediaId: string): GraphCall<wire.Media> {
  return {
    ...readAs(credential, '/{media-id}', { 'media-id': mediaId }),
    query: { fields: wire.MEDIA_FIELDS },
    parse: wire.media,
  };
}

export function limit(credential: Credential, accountId: string): GraphCall<wire.PublishingLimit> {
  return {
    ...readAs(credential, '/{ig-id}/content_publishing_limit', { 'ig-id': accountId }),
    query: { fields: wire.LIMIT_FIELDS },
    parse: wire.publishingLimit,
  };
}

function readAs({ login, accessToken }: Credential, route: string, ids: Record<string, string>) {
  return { ...read(login, route), ids, token: accessToken };
}

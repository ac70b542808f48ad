import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { AppError, notFound } from '../common/app-error';
import { AtMost } from '../common/at-most';
import type { Clock } from '../common/clock';
import type { Log } from '../common/log';
import type { BucketSettings } from '../config/settings';
import { asked, bucketClient, readable, statusOf } from './bucket-client';
import { isUploadKey, newKey, newUploadKey, servedType } from './file-keys';
import type { SignedUrls } from './signed-urls';
import type { Staging } from './staging';
import { Storage, type ArrivedUpload, type StagedFile, type UploadTicket, type UploadWanted } from './storage';

/** The least that S3 takes. One part in hand and one in the making for each upload: 10 MiB. */
const PART_BYTES = 5 * 1024 * 1024;
/** At once, for each process: the others wait with their bytes on disk. */
const UPLOADS_AT_ONCE = 2;
/** A container lives 24 h (reference §2.4) and Meta may fetch as late as it likes in it. */
const META_SECONDS = 26 * 3_600;
/** A front end was led here by a URL of ours and comes at once, but may read a video for long. */
const SHOW_SECONDS = 6 * 3_600;

export interface BucketTools {
  staging: Staging;
  urls: SignedUrls;
  clock: Clock;
  log: Log;
}

/** Media in a bucket of Cloudflare R2, or of anything else that speaks S3. Meta fetches from there. */
export class Bucket extends Storage {
  override readonly isServedHere = false;
  private readonly client: S3Client;
  private readonly turns = new AtMost(UPLOADS_AT_ONCE);

  constructor(
    private readonly settings: BucketSettings,
    private readonly maxBytes: number,
    private readonly tools: BucketTools,
  ) {
    super();
    this.client = bucketClient(settings);
  }

  override stage(bytes: Readable): Promise<StagedFile> {
    return this.tools.staging.stage(bytes);
  }

  override async keep(staged: StagedFile, extension: string): Promise<string> {
    const key = newKey(extension);
    await this.turns.run(() => this.asked('upload', this.upload(staged.path, key)));
    await this.discard(staged);
    return key;
  }

  override discard(staged: StagedFile): Promise<void> {
    return this.tools.staging.discard(staged);
  }

  override async open(key: string, from = 0): Promise<{ stream: Readable; sizeBytes: number }> {
    const range = from > 0 ? `bytes=${from}-` : undefined;
    const get = this.client.send(new GetObjectCommand({ ...this.at(key), Range: range })).catch((error: unknown) => {
      if (statusOf(error) === 416) return null;
      throw error;
    });
    const answer = await this.asked('read', get);
    if (answer === null) {
      const { ContentLength = 0 } = await this.asked('look', this.client.send(new HeadObjectCommand(this.at(key))));
      return { stream: Readable.from([]), sizeBytes: ContentLength };
    }
    const whole = /\/(\d+)$/.exec(answer.ContentRange ?? '')?.[1] ?? answer.ContentLength ?? 0;
    return { stream: readable(answer.Body, this.tools.log), sizeBytes: Number(whole) };
  }

  override async remove(key: string): Promise<void> {
    await this.asked('delete', this.client.send(new DeleteObjectCommand(this.at(key))));
  }

  override publicUrl(key: string): string {
    return this.settings.publicUrl === null ? this.tools.urls.toShow(key) : `${this.settings.publicUrl}/${key}`;
  }

  override async urlForMeta(key: string): Promise<string> {
    if (this.settings.publicUrl !== null) return this.publicUrl(key);
    return getSignedUrl(this.client, new GetObjectCommand(this.at(key)), { expiresIn: META_SECONDS });
  }

  override async elsewhere(key: string, method: 'GET' | 'HEAD'): Promise<string> {
    const command = method === 'GET' ? new GetObjectCommand(this.at(key)) : new HeadObjectCommand(this.at(key));
    return getSignedUrl(this.client, command, { expiresIn: SHOW_SECONDS });
  }

  override async expectUpload({ contentType, sizeBytes, until }: UploadWanted): Promise<UploadTicket> {
    const uploadKey = newUploadKey();
    const expiresIn = Math.max(1, Math.round((until.getTime() - this.tools.clock.now().getTime()) / 1_000));
    const command = new PutObjectCommand({
      ...this.incoming(uploadKey),
      ContentType: contentType,
      ContentLength: sizeBytes,
    });
    // Both are signed: with another size or type the bucket refuses.
    const signableHeaders = new Set(['host', 'content-type', 'content-length']);
    const url = await getSignedUrl(this.client, command, { expiresIn, signableHeaders });
    return { uploadKey, url, headers: { 'Content-Type': contentType } };
  }

  override receiveUpload(): Promise<void> {
    return Promise.reject(notFound('upload'));
  }

  /** The bytes are copied within the bucket if they are still those that were looked at: its URL is good for a while. */
  override async takeUpload(uploadKey: string): Promise<ArrivedUpload | null> {
    const place = this.incoming(uploadKey);
    const get = this.client.send(new GetObjectCommand(place)).catch((error: unknown) => {
      if (statusOf(error) === 404) return null;
      throw error;
    });
    const answer = await this.asked('read', get);
    if (answer === null) return null;
    const body = readable(answer.Body, this.tools.log);
    if ((answer.ContentLength ?? 0) > this.maxBytes) {
      body.destroy();
      throw new AppError('payload_too_large', `The file is larger than ${this.maxBytes} bytes.`);
    }
    const staged = await this.stage(body);
    const keep = async (extension: string): Promise<string> => {
      const key = newKey(extension);
      const copy = new CopyObjectCommand({
        ...this.at(key),
        CopySource: `${place.Bucket}/${place.Key}`,
        CopySourceIfMatch: answer.ETag,
        MetadataDirective: 'REPLACE',
        ContentType: servedType(key) ?? undefined,
        CacheControl: 'public, max-age=31536000, immutable',
      });
      const copied = this.client.send(copy).catch((error: unknown) => {
        if (statusOf(error) !== 412) throw error;
        throw new AppError(
          'asset_not_ready',
          'Other bytes were uploaded while these were looked at; complete it again.',
        );
      });
      await this.asked('copy', copied);
      return key;
    };
    return { ...staged, keep, release: () => this.discard(staged) };
  }

  override async dropUpload(uploadKey: string): Promise<void> {
    await this.asked('delete', this.client.send(new DeleteObjectCommand(this.incoming(uploadKey))));
  }

  /** In parts, read from disk as they are sent; parts of an upload that failed are deleted. */
  private async upload(path: string, key: string): Promise<void> {
    const Body = createReadStream(path, { highWaterMark: 256 * 1024 });
    const params = {
      ...this.at(key),
      Body,
      ContentType: servedType(key) ?? undefined,
      CacheControl: 'public, max-age=31536000, immutable',
    };
    try {
      await new Upload({ client: this.client, params, partSize: PART_BYTES, queueSize: 1 }).done();
    } finally {
      Body.destroy();
    }
  }

  private asked<T>(operation: string, work: Promise<T>): Promise<T> {
    return asked(operation, work, this.tools.log);
  }

  private at(key: string): { Bucket: string; Key: string } {
    if (servedType(key) === null) throw new Error('Not a key of ours');
    return { Bucket: this.settings.name, Key: key };
  }

  private incoming(uploadKey: string): { Bucket: string; Key: string } {
    if (!isUploadKey(uploadKey)) throw new Error('Not a key of ours');
    return { Bucket: this.settings.name, Key: `incoming/${uploadKey}` };
  }
}

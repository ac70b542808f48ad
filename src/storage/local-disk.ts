import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { notFound, validationError } from '../common/app-error';
import { Settings } from '../config/settings';
import { isUploadKey, newKey, newUploadKey, servedType } from './file-keys';
import { SignedUrls } from './signed-urls';
import { Staging } from './staging';
import {
  Storage,
  type ArrivedUpload,
  type FetchPurpose,
  type StagedFile,
  type UploadTicket,
  type UploadWanted,
} from './storage';

/** Uploads that a client was given a URL for. Never served. */
const INCOMING = '.incoming';

/** Media as plain files in one directory, served by the API itself (relay/serve-files.ts). */
@Injectable()
export class LocalDisk extends Storage implements OnModuleInit {
  override readonly isServedHere = true;
  private readonly directory: string;

  constructor(
    settings: Settings,
    private readonly staging: Staging,
    private readonly urls: SignedUrls,
  ) {
    super();
    this.directory = settings.storage.directory;
  }

  async onModuleInit(): Promise<void> {
    await mkdir(join(this.directory, INCOMING), { recursive: true });
  }

  override stage(bytes: Readable): Promise<StagedFile> {
    return this.staging.stage(bytes);
  }

  override async keep(staged: StagedFile, extension: string): Promise<string> {
    const key = newKey(extension);
    await rename(staged.path, this.pathOf(key));
    return key;
  }

  override discard(staged: StagedFile): Promise<void> {
    return this.staging.discard(staged);
  }

  override async open(key: string, from = 0): Promise<{ stream: Readable; sizeBytes: number }> {
    const file = await open(this.pathOf(key), 'r').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') throw notFound('file');
      throw error;
    });
    const { size: sizeBytes } = await file.stat();
    return { stream: file.createReadStream({ start: from }), sizeBytes };
  }

  override async remove(key: string): Promise<void> {
    await rm(this.pathOf(key), { force: true });
  }

  override publicUrl(key: string): string {
    return this.urls.toShow(key);
  }

  override urlForMeta(key: string, purpose: FetchPurpose): Promise<string> {
    return Promise.resolve(this.urls.forMeta(key, purpose));
  }

  override elsewhere(): Promise<null> {
    return Promise.resolve(null);
  }

  override expectUpload({ contentType, sizeBytes, until }: UploadWanted): Promise<UploadTicket> {
    const uploadKey = newUploadKey();
    const url = this.urls.toUpload(uploadKey, sizeBytes, until);
    return Promise.resolve({ uploadKey, url, headers: { 'Content-Type': contentType } });
  }

  override async receiveUpload(uploadKey: string, bytes: Readable, sizeBytes: number): Promise<void> {
    const staged = await this.staging.stage(bytes);
    if (staged.sizeBytes !== sizeBytes) {
      await this.staging.discard(staged);
      const message = `has ${staged.sizeBytes} bytes; size_bytes said ${sizeBytes}`;
      throw validationError([{ pointer: '', message }]);
    }
    await rename(staged.path, this.incoming(uploadKey));
  }

  /** Moved away first: whoever sends it once more changes nothing about what is being looked at. */
  override async takeUpload(uploadKey: string): Promise<ArrivedUpload | null> {
    const path = this.staging.newPath();
    const came = this.incoming(uploadKey);
    const isThere = await rename(came, path).then(
      () => true,
      () => false,
    );
    if (!isThere) return null;
    const arrived = { path, sizeBytes: (await stat(path)).size };
    let isKept = false;
    const keep = async (extension: string): Promise<string> => {
      const key = await this.keep(arrived, extension);
      isKept = true;
      return key;
    };
    const release = async (): Promise<void> => {
      if (!isKept) await rename(path, came);
    };
    return { ...arrived, keep, release };
  }

  override async dropUpload(uploadKey: string): Promise<void> {
    await rm(this.incoming(uploadKey), { force: true });
  }

  private pathOf(key: string): string {
    if (servedType(key) === null) throw new Error('Not a key of ours');
    return join(this.directory, key);
  }

  private incoming(uploadKey: string): string {
    if (!isUploadKey(uploadKey)) throw new Error('Not a key of ours');
    return join(this.directory, INCOMING, uploadKey);
  }
}

import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AppError } from '../common/app-error';
import { Clock } from '../common/clock';
import { Settings } from '../config/settings';
import { newKey, servedType } from './file-keys';
import { Storage, type StagedFile } from './storage';

/** Below the directory of the kept files: a rename within one file system is atomic. Never served. */
const STAGING = '.staging';
const ABANDONED_AFTER_MS = 24 * 60 * 60 * 1000;

/** Media as plain files in one directory, served by the API itself (see serve-files.ts). */
@Injectable()
export class LocalDisk extends Storage implements OnModuleInit {
  private readonly staging: string;

  constructor(
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {
    super();
    this.staging = join(settings.storage.directory, STAGING);
  }

  /** Clears what crashed processes left. Other processes may be staging right now, hence the age. */
  async onModuleInit(): Promise<void> {
    await mkdir(this.staging, { recursive: true });
    const oldest = this.clock.now().getTime() - ABANDONED_AFTER_MS;
    for (const name of await readdir(this.staging)) {
      const path = join(this.staging, name);
      const found = await stat(path).catch(() => null);
      if (found && found.mtimeMs < oldest) await rm(path, { force: true });
    }
  }

  override async stage(bytes: Readable): Promise<StagedFile> {
    const path = join(this.staging, randomBytes(20).toString('hex'));
    try {
      await mkdir(this.staging, { recursive: true });
      return { path, sizeBytes: await this.write(bytes, path) };
    } catch (error) {
      bytes.destroy();
      await rm(path, { force: true });
      throw error;
    }
  }

  override async keep(staged: StagedFile, extension: string): Promise<string> {
    const key = newKey(extension);
    await rename(staged.path, this.pathOf(key));
    return key;
  }

  override async discard(staged: StagedFile): Promise<void> {
    await rm(staged.path, { force: true });
  }

  override async remove(key: string): Promise<void> {
    await rm(this.pathOf(key), { force: true });
  }

  override async open(key: string, from = 0): Promise<{ stream: Readable; sizeBytes: number }> {
    const file = await open(this.pathOf(key), 'r');
    try {
      const { size } = await file.stat();
      return { stream: file.createReadStream({ start: from }), sizeBytes: size };
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  override publicUrl(key: string): string {
    return `${this.settings.http.publicBaseUrl}/files/${key}`;
  }

  private pathOf(key: string): string {
    if (servedType(key) === null) throw new Error('Not a key of ours');
    return join(this.settings.storage.directory, key);
  }

  /** On disk for sure once this returns: the row that will name the file must not outlive it in a power cut. */
  private async write(bytes: Readable, path: string): Promise<number> {
    const limit = this.settings.storage.maxUploadBytes;
    const file = await open(path, 'wx', 0o640);
    try {
      let size = 0;
      for await (const chunk of bytes as AsyncIterable<Buffer>) {
        size += chunk.length;
        if (size > limit) throw new AppError('payload_too_large', `The file is larger than ${limit} bytes.`);
        await file.write(chunk);
      }
      if (size === 0) throw new AppError('media_invalid_format', 'The file is empty.');
      await file.sync();
      return size;
    } finally {
      await file.close();
    }
  }
}

import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AppError } from '../common/app-error';
import { Clock } from '../common/clock';
import { Settings } from '../config/settings';
import type { StagedFile } from './storage';

/** Below the directory of the kept files: a rename within one file system is atomic. Never served. */
const FOLDER = '.staging';
const ABANDONED_AFTER_MS = 24 * 60 * 60 * 1000;

/** Local files for bytes whose kind is not known yet, whatever the storage is. */
@Injectable()
export class Staging implements OnModuleInit {
  private readonly folder: string;
  private readonly limit: number;

  constructor(
    settings: Settings,
    private readonly clock: Clock,
  ) {
    this.folder = join(settings.storage.directory, FOLDER);
    this.limit = settings.storage.maxUploadBytes;
  }

  /** Clears what crashed processes left. Other processes may be staging right now, hence the age. */
  async onModuleInit(): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    const oldest = this.clock.now().getTime() - ABANDONED_AFTER_MS;
    for (const name of await readdir(this.folder)) {
      const path = join(this.folder, name);
      const found = await stat(path).catch(() => null);
      if (found && found.mtimeMs < oldest) await rm(path, { force: true });
    }
  }

  /** @see Storage.stage */
  async stage(bytes: Readable): Promise<StagedFile> {
    const path = this.newPath();
    try {
      await mkdir(this.folder, { recursive: true });
      return { path, sizeBytes: await this.write(bytes, path) };
    } catch (error) {
      bytes.destroy();
      await rm(path, { force: true });
      throw error;
    }
  }

  /** A place for a file that comes by a rename. */
  newPath(): string {
    return join(this.folder, randomBytes(20).toString('hex'));
  }

  async discard({ path }: StagedFile): Promise<void> {
    await rm(path, { force: true });
  }

  /** On disk for sure once this returns: the row that will name the file must not outlive it in a power cut. */
  private async write(bytes: Readable, path: string): Promise<number> {
    const file = await open(path, 'wx', 0o640);
    try {
      let size = 0;
      for await (const chunk of bytes as AsyncIterable<Buffer>) {
        size += chunk.length;
        if (size > this.limit) throw new AppError('payload_too_large', `The file is larger than ${this.limit} bytes.`);
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

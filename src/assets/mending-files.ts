import { open } from 'node:fs/promises';
import { Injectable } from '@nestjs/common';
import { Storage, type StagedFile } from '../storage/storage';
import type { AssetEntity } from './asset.entity';
import { MediaProbe, type ProbedMedia } from './media-probe';

/** The files of a video that is being mended: ffmpeg jumps about in them, so they are local. */
@Injectable()
export class MendingFiles {
  constructor(
    private readonly storage: Storage,
    private readonly probe: MediaProbe,
  ) {}

  /** A copy, for the caller to discard. @throws Error when it can't be had (now) */
  async original({ storageKey, sourceUrl }: AssetEntity): Promise<StagedFile> {
    if (storageKey === null) return this.probe.fetch(sourceUrl ?? '');
    const { stream } = await this.storage.open(storageKey);
    return this.storage.stage(stream);
  }

  /** Where its mended version goes. Among the staged files: what a crash leaves there is cleared like any other. */
  besides({ path }: StagedFile): string {
    return `${path}.mp4`;
  }

  /** @throws AppError `media_invalid_format` */
  look(path: string): Promise<ProbedMedia> {
    return this.probe.probeFile(path);
  }

  /** Stores it for good. On disk for sure before: the row must not outlive it in a power cut. @returns its key */
  async keep(path: string, { extension }: ProbedMedia): Promise<string> {
    const file = await open(path, 'r+');
    try {
      await file.sync();
      return await this.storage.keep({ path, sizeBytes: (await file.stat()).size }, extension);
    } finally {
      await file.close();
    }
  }

  async remove(storageKey: string | null): Promise<void> {
    if (storageKey !== null) await this.storage.remove(storageKey);
  }

  async discard(...paths: string[]): Promise<void> {
    for (const path of paths) await this.storage.discard({ path, sizeBytes: 0 });
  }
}

import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Bytes that the sandbox downloaded: a file in its own temporary folder. */
export interface MediaFile {
  /** Its name in the folder and in `/files/{name}`. */
  name: string;
  path: string;
  size: number;
}

/** The folder that the downloaded media lives in until the sandbox stops. */
export class MediaFiles {
  private folder: string | null = null;
  private count = 0;

  /** A name nobody uses yet. */
  reserve(extension: 'jpg' | 'mp4'): { name: string; path: string } {
    this.folder ??= mkdtempSync(join(tmpdir(), 'instagram-sandbox-'));
    this.count += 1;
    const name = `${this.count}.${extension}`;
    return { name, path: join(this.folder, name) };
  }

  /** Where the file of that name would be; null for anything that is not one of our names. */
  pathOf(name: string): string | null {
    return this.folder && /^\d+\.(jpg|mp4)$/.test(name) ? join(this.folder, name) : null;
  }

  async discard(path: string): Promise<void> {
    await rm(path, { force: true });
  }

  /** Deletes everything. */
  async clear(): Promise<void> {
    const folder = this.folder;
    this.folder = null;
    if (folder) await rm(folder, { recursive: true, force: true });
  }
}

import type { Readable } from 'node:stream';

/** Bytes that have come in and whose kind is not known yet. Has to be kept or discarded. */
export interface StagedFile {
  /** A local file, whatever the storage is: probing needs to jump about in it. */
  path: string;
  sizeBytes: number;
}

/** Where uploaded media lives. A key is what it is stored under: unguessable, since whoever has the URL may fetch it. */
export abstract class Storage {
  /**
   * Takes a stream to a local file. Nothing stays behind when it fails.
   * @throws AppError `payload_too_large` over the upload limit, `media_invalid_format` without a single byte
   */
  abstract stage(bytes: Readable): Promise<StagedFile>;

  /**
   * Stores a staged file for good.
   * @param extension what the bytes are, e.g. `mp4`: it decides the content type that the file is served with
   * @returns its key
   */
  abstract keep(staged: StagedFile, extension: string): Promise<string>;

  /** Deletes a staged file; one that was kept or discarded before is fine. */
  abstract discard(staged: StagedFile): Promise<void>;

  /** Deletes a kept file; one that is gone already is fine. */
  abstract remove(key: string): Promise<void>;

  /**
   * The bytes of a kept file, to be read once; whoever asks has to read or destroy the stream.
   * @param from the first byte wanted, counted from 0
   * @returns `sizeBytes`: of the whole file, wherever the stream starts
   * @throws Error when there is no such file
   */
  abstract open(key: string, from?: number): Promise<{ stream: Readable; sizeBytes: number }>;

  /** Where anybody, Meta above all, can fetch the file. */
  abstract publicUrl(key: string): string;
}

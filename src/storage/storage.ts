import type { Readable } from 'node:stream';

/** Bytes that have come in and whose kind is not known yet. Has to be kept or discarded. */
export interface StagedFile {
  /** A local file, whatever the storage is: probing needs to jump about in it. */
  path: string;
  sizeBytes: number;
}

/** What Meta fetches a file for: the fetch is told apart in the log by it. */
export interface FetchPurpose {
  postId: number;
  /** Which medium of the post, counted from 0. */
  item: number;
}

/** An upload that a client sends straight to where it will lie. */
export interface UploadWanted {
  contentType: string;
  /** Exactly so many bytes; others are refused. */
  sizeBytes: number;
  until: Date;
}

/** Where and how a client sends the bytes: `PUT url` with these headers. */
export interface UploadTicket {
  uploadKey: string;
  url: string;
  headers: Record<string, string>;
}

/** An upload that has come, as it lay there when it was taken. Has to be kept or released. */
export interface ArrivedUpload extends StagedFile {
  /** Stores these very bytes for good, under a new key; what came may still lie there, too. @see Storage.keep */
  keep(extension: string): Promise<string>;
  /** Lets go of local copies; what was not kept stays where it came. */
  release(): Promise<void>;
}

/** Where uploaded media lives. A key is what it is stored under: unguessable, and its bytes never change. */
export abstract class Storage {
  /** Whether Meta fetches files from our own server, which then knows what became of it. */
  abstract readonly isServedHere: boolean;

  /**
   * Takes a stream to a local file. Nothing stays behind when it fails.
   * @throws AppError `payload_too_large` over the upload limit, `media_invalid_format` without a single byte
   */
  abstract stage(bytes: Readable): Promise<StagedFile>;

  /**
   * Stores a staged file for good.
   * @param extension what the bytes are, e.g. `mp4`: it decides the content type that the file is served with
   * @returns its key
   * @throws AppError `service_unavailable`
   */
  abstract keep(staged: StagedFile, extension: string): Promise<string>;

  /** Deletes a staged file; one that was kept or discarded before is fine. */
  abstract discard(staged: StagedFile): Promise<void>;

  /**
   * Opens a kept file to be read, e.g. to send its bytes on. Read the stream to its end or destroy it.
   * @param from the first byte wanted, counted from 0; at the file's size or beyond it the stream is empty
   * @returns `sizeBytes`: of the whole file, wherever the stream starts
   * @throws AppError `not_found` when there is no such file, `service_unavailable` when the storage cannot be reached
   */
  abstract open(key: string, from?: number): Promise<{ stream: Readable; sizeBytes: number }>;

  /** Deletes a kept file; one that is gone already is fine. @throws AppError `service_unavailable` */
  abstract remove(key: string): Promise<void>;

  /** Where a front end can show the file for a day at least; the same URL all day, so that browsers may cache it. */
  abstract publicUrl(key: string): string;

  /** Where Meta can fetch the file for longer than a container lives (24 h). A fresh URL each time. */
  abstract urlForMeta(key: string, purpose: FetchPurpose): Promise<string>;

  /** Where a signed URL of ours leads on to; null: the bytes are served from here. */
  abstract elsewhere(key: string, method: 'GET' | 'HEAD'): Promise<string | null>;

  /** Makes room for an upload that does not pass through us. */
  abstract expectUpload(wanted: UploadWanted): Promise<UploadTicket>;

  /**
   * Takes the bytes of an expected upload, where that is us. Nothing stays behind when it fails.
   * @throws AppError `validation_error` for another size, `not_found` where uploads go elsewhere
   */
  abstract receiveUpload(uploadKey: string, bytes: Readable, sizeBytes: number): Promise<void>;

  /** Null: nothing has come. @throws AppError `payload_too_large`, `service_unavailable` */
  abstract takeUpload(uploadKey: string): Promise<ArrivedUpload | null>;

  /** Deletes what came of an expected upload; nothing is fine. */
  abstract dropUpload(uploadKey: string): Promise<void>;
}

import { open, type FileHandle } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { FetchError } from '../net/fetch-error';
import type { GuardedHttp } from '../net/guarded-http';

/** Bytes that can be read at any place, as probing a video needs. */
export interface ByteSource {
  readonly sizeBytes: number;
  /** Fewer bytes than asked for only at the end. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** A file on disk. */
export class FileBytes implements ByteSource {
  private constructor(
    private readonly file: FileHandle,
    readonly sizeBytes: number,
  ) {}

  static async open(path: string): Promise<FileBytes> {
    const file = await open(path, 'r');
    return new FileBytes(file, (await file.stat()).size);
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    const { buffer: bytes, bytesRead } = await this.file.read(Buffer.alloc(length), 0, length, offset);
    return bytes.subarray(0, bytesRead);
  }

  close(): Promise<void> {
    return this.file.close();
  }
}

/** Where a file lies, how we ask for it and until when. */
export interface RemoteFile {
  url: string;
  headers: Record<string, string>;
  signal: AbortSignal;
}

/** The file jumps about too much to be read in pieces from afar; download it instead. */
export class TooManyReads extends Error {}

const MAX_READS = 100;
const WINDOW_BYTES = 256 * 1024;

/** A file on somebody's server, read by ranges. Holds on to its first bytes and to the last window read. */
export class RemoteBytes implements ByteSource {
  private windows: { start: number; bytes: Uint8Array }[];
  private reads = 0;

  constructor(
    private readonly http: GuardedHttp,
    private readonly from: RemoteFile,
    readonly sizeBytes: number,
    private readonly head: Uint8Array,
  ) {
    this.windows = [{ start: 0, bytes: head }];
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    const end = Math.min(offset + length, this.sizeBytes);
    if (end <= offset) return new Uint8Array();
    const held = this.windows.find(({ start, bytes }) => start <= offset && end <= start + bytes.length);
    if (held) return held.bytes.subarray(offset - held.start, end - held.start);
    const bytes = await this.fetch(offset, Math.min(Math.max(end, offset + WINDOW_BYTES), this.sizeBytes));
    this.windows = [
      { start: 0, bytes: this.head },
      { start: offset, bytes },
    ];
    return bytes.subarray(0, end - offset);
  }

  /** Bytes from `start` up to, not including, `end`. */
  private async fetch(start: number, end: number): Promise<Uint8Array> {
    if (++this.reads > MAX_READS) throw new TooManyReads();
    const range = { start, end: end - 1 };
    const { status, url, body } = await this.http.open(this.from.url, { ...this.from, range, maxBytes: end - start });
    if (status !== 206) {
      body.destroy();
      throw new FetchError('status', url.origin, `it answered ${status} to the next part of the file`);
    }
    const bytes = await buffer(body);
    if (bytes.length < end - start)
      throw new FetchError('broken', url.origin, 'it sent less of the file than it offered');
    return bytes;
  }
}

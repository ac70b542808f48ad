import { type Readable, Transform } from 'node:stream';
import { type UploadBody } from './graph-call';

/** Meta: Upload Video to Meta Servers; reference §2.3. The length is said, so that nothing is sent in chunks. */
export function uploadHeaders({ offset, sizeBytes }: UploadBody): Record<string, string> {
  return {
    offset: String(offset),
    file_size: String(sizeBytes),
    'Content-Type': 'application/octet-stream',
    'Content-Length': String(sizeBytes - offset),
  };
}

/** The bytes as they pass, and how many; only as many are read as the connection takes. */
export function counted(upload: UploadBody): Readable {
  const counter = new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      upload.sent += chunk.length;
      done(null, chunk);
    },
  });
  upload.stream.once('error', (error) => counter.destroy(error));
  return upload.stream.pipe(counter);
}

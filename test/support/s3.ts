import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import S3rver from '@20minutes/s3rver';

const BUCKET = 'media';

export interface TestBucket {
  url: string;
  /** What a process is started with to use it. */
  env: Record<string, string>;
  /** The keys of what lies in it, sorted. */
  keys(): Promise<string[]>;
  close(): Promise<void>;
}

/** A server that speaks S3 and refuses wrong signatures, with one empty bucket. (It lets unsigned requests pass.) */
export async function startS3(): Promise<TestBucket> {
  const directory = await mkdtemp(join(process.env.TEST_FILES ?? tmpdir(), 's3-'));
  const options = { address: '127.0.0.1', port: 0, directory, silent: true, vhostBuckets: false };
  const server = new S3rver({ ...options, configureBuckets: [{ name: BUCKET }] });
  const { port } = await server.run();
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    env: {
      S3_ENDPOINT: url,
      R2_ACCESS_KEY_ID: 'S3RVER',
      R2_SECRET_ACCESS_KEY: 'S3RVER',
      R2_BUCKET_NAME: BUCKET,
    },
    keys: async () => {
      const names = await readdir(join(directory, BUCKET), { recursive: true });
      return names
        .filter((name) => name.endsWith('._S3rver_object'))
        .map((name) => name.replace('._S3rver_object', ''))
        .sort();
    },
    close: async () => {
      await server.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

import { Readable } from 'node:stream';
import { S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { AppError, notFound } from '../common/app-error';
import type { Log } from '../common/log';
import type { BucketSettings } from '../config/settings';

const CONNECT_TIMEOUT_MS = 5_000;
/** Until an answer's head is there; a part of an upload has 5 MiB. */
const ANSWER_TIMEOUT_MS = 60_000;
/** Without a single byte in between. */
const SILENCE_TIMEOUT_MS = 30_000;

/** What whoever runs the installation has to mend; the rest passes by itself. */
const REFUSALS =
  /^(AccessDenied|InvalidAccessKeyId|SignatureDoesNotMatch|NoSuchBucket|Unauthorized|Forbidden|InvalidBucketName|PermanentRedirect|AuthorizationHeaderMalformed)$/;

export function bucketClient({ endpoint, region, accessKeyId, secretAccessKey }: BucketSettings): S3Client {
  return new S3Client({
    endpoint,
    region,
    credentials: { accessKeyId, secretAccessKey: secretAccessKey.reveal() },
    // Bucket names with dots have no certificate, and an own server has no name for each bucket.
    forcePathStyle: true,
    maxAttempts: 3,
    // R2 and most others don't know the newer checksums, and a presigned PUT must not ask for one of no bytes.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      connectionTimeout: CONNECT_TIMEOUT_MS,
      requestTimeout: ANSWER_TIMEOUT_MS,
      throwOnRequestTimeout: true,
      socketTimeout: SILENCE_TIMEOUT_MS,
    },
  });
}

/** Answers with what the storage says, or throws it in the API's words. Nothing of the request is logged: it is signed. */
export async function asked<T>(operation: string, work: Promise<T>, log: Log): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof AppError) throw error;
    const { name, status, requestId } = factsOf(error);
    if (status === 404 && name !== 'NoSuchBucket' && name !== 'NoSuchUpload') throw notFound('file');
    log.warn('storage.failed', { operation, error: name, status, storage_request_id: requestId });
    if (REFUSALS.test(name) || status === 401 || status === 403)
      throw new AppError('service_unavailable', `The storage of media refuses this installation (${name}).`, {
        action_required:
          'Whoever runs this installation has to check R2_ACCESS_KEY_ID, R2_SECRET_ACCESS_KEY, R2_BUCKET_NAME and the rights of that key.',
      });
    throw new AppError('service_unavailable', `The storage of media does not answer as it should (${name}).`, {
      retry_after: 30,
    });
  }
}

export function statusOf(error: unknown): number | null {
  return factsOf(error).status;
}

/** A stream that fails in the API's words, too. */
export function readable(body: unknown, log: Log): Readable {
  if (!(body instanceof Readable)) throw new AppError('service_unavailable', 'The storage of media sent no bytes.');
  body.once('error', (error) => log.warn('storage.failed', { operation: 'read', error: factsOf(error).name }));
  return body;
}

function factsOf(error: unknown): { name: string; status: number | null; requestId: string | undefined } {
  if (error instanceof S3ServiceException) {
    const { httpStatusCode, requestId } = error.$metadata;
    return { name: error.name, status: httpStatusCode ?? null, requestId };
  }
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown };
  const said = typeof code === 'string' ? code : typeof name === 'string' ? name : 'unknown';
  return { name: said, status: null, requestId: undefined };
}

import { Injectable } from '@nestjs/common';
import { MediaProbe } from '../assets/media-probe';
import { SharedProbe } from '../assets/shared-probe';
import { validationError } from '../common/app-error';
import { AtMost } from '../common/at-most';
import { Clock } from '../common/clock';
import { asAppError, bodyOf } from '../common/error.filter';
import { Log } from '../common/log';
import { RequestValidation } from '../common/validation';
import { readBatch, type BatchItem } from './batch-form';
import type { BatchItemResult, BatchResult } from './dto/batch.dto';
import { NewPostBody } from './dto/create-post.dto';
import { PostCreation } from './post-creation.service';
import type { NewPost } from './posts.repository';

/** So many posts are prepared side by side; each may want a connection to the database and several files. */
const PREPARED_AT_ONCE = 4;

/** Makes many posts with one request. Each is taken or refused by itself, as if it had come to `POST /posts`. */
@Injectable()
export class PostBatch {
  private readonly validation = new RequestValidation();

  constructor(
    private readonly creation: PostCreation,
    private readonly probe: MediaProbe,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /**
   * Prepared side by side, made one after the other, in order: of two that are duplicates the first is made.
   * @param body as it was sent
   * @throws AppError `validation_error` where it is no batch at all; then nothing was made
   */
  async make(userId: number, body: unknown, requestId: string): Promise<BatchResult> {
    const batch = readBatch(body);
    if ('problems' in batch) throw validationError(batch.problems);
    const probe = new SharedProbe(this.probe);
    const turns = new AtMost(PREPARED_AT_ONCE);
    const prepared = batch.items.map((item) => settled(turns.run(() => this.prepare(userId, item, probe))));
    const results: BatchItemResult[] = [];
    for (const [index, preparation] of prepared.entries())
      results.push({ index, ...(await this.finish(await preparation, requestId)) });
    const created = results.filter(({ status }) => status === 201).length;
    return { created, failed: results.length - created, results };
  }

  private async prepare(userId: number, item: BatchItem, probe: SharedProbe): Promise<NewPost> {
    if ('problems' in item) throw validationError(item.problems);
    // Checking a body holds up everybody for a moment; others get their turn between any two.
    await this.clock.delay(0);
    const body: unknown = await this.validation.transform(item.body, { type: 'body', metatype: NewPostBody });
    return this.creation.prepare(userId, body as NewPostBody, probe);
  }

  private async finish(preparation: Settled<NewPost>, requestId: string): Promise<Omit<BatchItemResult, 'index'>> {
    try {
      if ('error' in preparation) throw preparation.error;
      return { status: 201, post: await this.creation.accept(preparation.value) };
    } catch (thrown) {
      const error = asAppError(thrown);
      if (error.errorType === 'unknown')
        this.log.error('request.failed', { request_id: requestId, error: thrown, stack: (thrown as Error).stack });
      return { status: error.status, error: bodyOf(error, requestId) as unknown as BatchItemResult['error'] };
    }
  }
}

type Settled<T> = { value: T } | { error: unknown };

/** So that a failure may wait until its turn has come. */
function settled<T>(work: Promise<T>): Promise<Settled<T>> {
  return work.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
}

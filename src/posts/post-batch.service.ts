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
import type { PostValidationView } from './dto/post-validation.dto';
import { PostCreation } from './post-creation.service';
import { isObject } from './post-rules';
import { PostValidation } from './post-validation.service';
import type { NewPost } from './posts.repository';

/** So many posts are prepared side by side; each may want a connection to the database and several files. */
const PREPARED_AT_ONCE = 4;

/** Makes many posts with one request. Each is taken or refused by itself, as if it had come to `POST /posts`. */
@Injectable()
export class PostBatch {
  private readonly validation = new RequestValidation();

  constructor(
    private readonly creation: PostCreation,
    private readonly validations: PostValidation,
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
    const count = (is: (status: number) => boolean) => results.filter(({ status }) => is(status)).length;
    return { created: count((status) => status === 201), failed: count((status) => status >= 400), results };
  }

  private async prepare(userId: number, item: BatchItem, probe: SharedProbe): Promise<Prepared> {
    if ('problems' in item) throw validationError(item.problems);
    // Checking a body holds up everybody for a moment; others get their turn between any two.
    await this.clock.delay(0);
    if (isObject(item.body) && item.body['dry_run'] === true)
      return { validation: await this.validations.validate(userId, NewPostBody, item.body) };
    const body: unknown = await this.validation.transform(item.body, { type: 'body', metatype: NewPostBody });
    return { post: await this.creation.prepare(userId, body as NewPostBody, probe) };
  }

  private async finish(preparation: Settled<Prepared>, requestId: string): Promise<Omit<BatchItemResult, 'index'>> {
    try {
      if ('error' in preparation) throw preparation.error;
      const { value } = preparation;
      if ('validation' in value) return { status: 200, validation: value.validation };
      return { status: 201, post: await this.creation.accept(value.post) };
    } catch (thrown) {
      const error = asAppError(thrown);
      if (error.errorType === 'unknown')
        this.log.error('request.failed', { request_id: requestId, error: thrown, stack: (thrown as Error).stack });
      return { status: error.status, error: bodyOf(error, requestId) as unknown as BatchItemResult['error'] };
    }
  }
}

/** A post that is sound, or the answer to a `dry_run`. */
type Prepared = { post: NewPost } | { validation: PostValidationView };

type Settled<T> = { value: T } | { error: unknown };

/** So that a failure may wait until its turn has come. */
function settled<T>(work: Promise<T>): Promise<Settled<T>> {
  return work.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
}

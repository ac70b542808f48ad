import { ApiProperty, OmitType } from '@nestjs/swagger';
import { ErrorBody } from '../../common/error-body.dto';
import { BATCH_LIMIT } from '../batch-form';
import { NewPostBody } from './create-post.dto';
import { PostValidationView } from './post-validation.dto';
import { PostView } from './post-views.dto';

/** Several posts, each as `POST /posts` takes it. */
export class BatchOfPosts {
  @ApiProperty({ type: [NewPostBody], minItems: 1, maxItems: BATCH_LIMIT })
  posts!: NewPostBody[];
}

/** One post for several accounts. */
export class BatchForAccounts extends OmitType(NewPostBody, ['account_id']) {
  /** Instagram's ids of the accounts */
  @ApiProperty({ type: [String], minItems: 1, maxItems: BATCH_LIMIT, example: ['17841400000000001'] })
  account_ids!: string[];
}

/** What became of one post of a batch: `post`, `error`, or for a `dry_run` `validation`. */
export class BatchItemResult {
  /**
   * Its place in the request, from 0
   * @example 0
   */
  index!: number;
  /**
   * As `POST /posts` would have answered: 201, the HTTP status of `error`, or 200 for a `dry_run`
   * @example 201
   */
  status!: number;
  post?: PostView;
  validation?: PostValidationView;
  /** Its pointers lead into this item */
  error?: ErrorBody;
}

/** What became of a batch. */
export class BatchResult {
  /** @example 2 */
  created!: number;
  /**
   * Those with a `status` of 400 or more
   * @example 0
   */
  failed!: number;
  /** One for each item, in order */
  results!: BatchItemResult[];
}

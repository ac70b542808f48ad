import { ApiProperty, OmitType } from '@nestjs/swagger';
import { ErrorBody } from '../../common/error-body.dto';
import { BATCH_LIMIT } from '../batch-form';
import { NewPostBody } from './create-post.dto';
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

/** What became of one post of a batch: `post`, or `error`. */
export class BatchItemResult {
  /**
   * Its place in the request, from 0
   * @example 0
   */
  index!: number;
  /**
   * As `POST /posts` would have answered: 201, or the HTTP status of `error`
   * @example 201
   */
  status!: number;
  post?: PostView;
  /** Its pointers lead into this item */
  error?: ErrorBody;
}

/** What became of a batch. */
export class BatchResult {
  /** @example 2 */
  created!: number;
  /** @example 0 */
  failed!: number;
  /** One for each item, in order */
  results!: BatchItemResult[];
}

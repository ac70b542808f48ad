import { IsIn, IsOptional, Matches } from 'class-validator';
import { ListQuery } from '../../common/list-query.dto';
import { IsInstant } from '../instant';
import { STATUSES, type PostStatus } from '../post-state';

/** Which posts. */
export class ListPostsQuery extends ListQuery {
  /** Only posts in this status */
  @IsOptional()
  @IsIn(STATUSES)
  status?: PostStatus;

  /** Only posts of this account */
  @IsOptional()
  @Matches(/^\d{1,32}$/, { message: 'must be a string of digits' })
  account_id?: string;

  /** Only posts due at this instant or later */
  @IsOptional()
  @IsInstant()
  from?: string;

  /** Only posts due before this instant */
  @IsOptional()
  @IsInstant()
  to?: string;
}

import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { ArrayMaxSize, IsIn, IsOptional, Matches } from 'class-validator';
import { ListQuery } from '../../common/list-query.dto';
import { IsInstant } from '../instant';
import { STATUSES, type PostStatus } from '../post-state';
import { EXTERNAL_ID, NOT_AN_EXTERNAL_ID } from './external-id';

/** Which posts. */
export class ListPostsQuery extends ListQuery {
  /** Only posts in one of these statuses: `status=scheduled&status=failed`, or `status=scheduled,failed` */
  @ApiPropertyOptional({ enum: STATUSES, isArray: true })
  @IsOptional()
  @Transform(({ value }: { value: unknown }) =>
    [value].flat().flatMap((part) => (typeof part === 'string' ? part.split(',') : part)),
  )
  @ArrayMaxSize(STATUSES.length)
  @IsIn(STATUSES, { each: true })
  status?: PostStatus[];

  /** Only the post that you call this */
  @IsOptional()
  @Matches(EXTERNAL_ID, { message: NOT_AN_EXTERNAL_ID })
  external_id?: string;

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

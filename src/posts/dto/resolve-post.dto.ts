import { IsIn, Matches } from 'class-validator';
import { OptionalField } from '../../common/optional-field';

/** What a person saw on Instagram. */
export class ResolvePostBody {
  /** Whether the post is there; `not_live` makes it safe to retry */
  @IsIn(['live', 'not_live'])
  outcome!: 'live' | 'not_live';

  /**
   * With `live`: Instagram's id of the medium, where it is known. Without it the medium is looked for.
   * @example '17920238422030506'
   */
  @OptionalField()
  @Matches(/^\d{1,32}$/, { message: 'must be a string of digits' })
  instagram_post_id?: string;
}

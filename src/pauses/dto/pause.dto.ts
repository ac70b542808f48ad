import { IsString, Length } from 'class-validator';
import { OptionalField } from '../../common/optional-field';

/** Why a switch is moved */
export class MovePauseBody {
  /**
   * For people; kept in the history
   * @example 'Wrong price in the spring campaign'
   */
  @OptionalField()
  @IsString()
  @Length(1, 500)
  reason?: string;
}

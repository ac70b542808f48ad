import { ApiProperty } from '@nestjs/swagger';
import { HTTP_STATUS, type ErrorType } from '../../common/app-error';

/** Something to know of a post before it is made. */
export class PostWarningView {
  /**
   * RFC 6901 JSON pointer into the body; empty: the whole
   * @example '/caption'
   */
  pointer!: string;
  /** @example 'is kept here, but not shown: STORIES have no caption on Instagram' */
  message!: string;
}

/** A reason why a post would be refused. */
export class PostProblemView {
  /**
   * RFC 6901 JSON pointer into the body; empty: the whole
   * @example '/items/7/image_url'
   */
  pointer!: string;
  /** @example 'has 2201 characters; Instagram allows 2200' */
  message!: string;
  /** What creating it would answer */
  @ApiProperty({ enum: Object.keys(HTTP_STATUS), example: 'validation_error' })
  error_type!: ErrorType;
  /** What helps, where something does */
  action_required?: string;
}

/** What creating a post with this body would meet. */
export class PostValidationView {
  /** Whether it would be taken now: there are no errors */
  valid!: boolean;
  /** All at once */
  errors!: PostProblemView[];
  /** Nothing of these keeps it from being taken */
  warnings!: PostWarningView[];
}

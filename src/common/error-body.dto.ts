import { ApiProperty } from '@nestjs/swagger';

/** One problem with one field. */
export class FieldProblemBody {
  /**
   * RFC 6901 JSON pointer into the body, or `?name` for a query parameter
   * @example '/caption'
   */
  pointer!: string;
  /** @example 'has 2201 characters; Instagram allows 2200' */
  message!: string;
}

/** The one shape of every answer that is not a success. */
export class ErrorBody {
  /**
   * A sentence for a person
   * @example 'There is no such post.'
   */
  detail!: string;
  /**
   * For programs; docs/errors.md says what to do about each
   * @example not_found
   */
  error_type!: string;
  /**
   * Also in the X-Request-Id header; quote it when you ask for help
   * @example '4b5ad8c6-0d5b-4a2c-9d0e-2a4f8b1f6c11'
   */
  request_id!: string;
  /** What to do next, where there is something to do */
  action_required?: string;
  /** Meta's error code, as it was answered */
  instagram_error_code?: number;
  /** Meta's error subcode, as it was answered */
  instagram_error_subcode?: number;
  /** Meta's trace id of the failing call */
  fbtrace_id?: string;
  /** Seconds to wait before trying again; also in the Retry-After header */
  retry_after?: number;
  /** Of `duplicate_post` and `external_id_taken`: the other post */
  post_id?: number;
  /** Every problem of the request at once */
  @ApiProperty({ type: [FieldProblemBody], required: false })
  errors?: FieldProblemBody[];
}

import { type GraphErrorRow } from './error-kind';
import { GENERAL_ERRORS } from './error-table-general';
import { PUBLISHING_ERRORS } from './error-table-publishing';

/** Every row; `docs/errors.md` and the OpenAPI description are written from it. */
export const GRAPH_ERROR_TABLE: readonly GraphErrorRow[] = [...PUBLISHING_ERRORS, ...GENERAL_ERRORS];

/** Names that Meta writes in a message where it gives no number (reference §4.2, last paragraph). */
export const SYMBOLIC_ERRORS: Readonly<Record<string, Pick<GraphErrorRow, 'kind' | 'remedy' | 'advice'>>> = {
  INSTAGRAM_PLATFORM_API__INVALID_LOCATION_ID: {
    kind: 'validation_error',
    remedy: 'fail',
    advice:
      'Instagram does not know this location_id. Use the id of a Facebook Page that has a location, or leave it out.',
  },
  INSTAGRAM_PLATFORM_API__PERMISSION: {
    kind: 'permission_denied',
    remedy: 'account',
    advice:
      'Instagram refused this call for lack of a permission. Connect the account again and grant all permissions.',
  },
  INSTAGRAM_PLATFORM_API__INVALID_PARAM: {
    kind: 'validation_error',
    remedy: 'fail',
    advice: 'Instagram refused one of the values sent with this post. Change it and try again.',
  },
};

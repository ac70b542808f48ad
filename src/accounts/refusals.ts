import { AppError, type ErrorType } from '../common/app-error';
import { GraphError, type GraphErrorKind } from '../graph/index';

/** Says in our words what these kinds mean here; every other failure stays as it is. */
export function rethrow(kinds: GraphErrorKind[], type: ErrorType, detail: string, action_required: string) {
  return (error: unknown): never => {
    if (!(error instanceof GraphError) || !kinds.includes(error.kind)) throw error;
    throw new AppError(type, detail, {
      action_required,
      instagram_error_code: error.code ?? undefined,
      instagram_error_subcode: error.subcode ?? undefined,
      fbtrace_id: error.fbtraceId ?? undefined,
    });
  };
}

export function personalAccount(username: string): AppError {
  return new AppError('account_not_business', `@${username} is a personal account, which has no API.`, {
    action_required: 'Switch the account to Business or Creator in the Instagram app, and connect it again.',
  });
}

/** @param scopes what is missing; at least one */
export function notGranted(scopes: string[]): AppError {
  const names = scopes.join(', ');
  return new AppError(
    'permission_denied',
    scopes.length === 1 ? `The permission ${names} was not granted.` : `The permissions ${names} were not granted.`,
    {
      action_required:
        `Log in once more and grant ${names}. Facebook asks again for what was declined when the dialog's address has ` +
        'auth_type=rerequest, as that of GET /api/instagram/oauth/authorize has.',
    },
  );
}

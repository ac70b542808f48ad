import { newTraceId } from './ids';

/** Which of Meta's two APIs is speaking: graph.facebook.com or graph.instagram.com. */
export type Login = 'facebook' | 'instagram';

export interface GraphErrorFacts {
  http: number;
  code: number;
  message: string;
  subcode?: number;
  /** Default `OAuthException`, which on Meta does not mean that the token is bad. */
  type?: 'OAuthException' | 'GraphMethodException';
  is_transient?: boolean;
  title?: string;
  text?: string;
}

/** An error as Graph answers it; `facts` become the envelope. Codes: instagram-graph-api.md §4. */
export class GraphError extends Error {
  constructor(readonly facts: GraphErrorFacts) {
    super(facts.message);
  }
}

/** `{"error": {…}}` with the keys in the recorded order. graph.instagram.com has a type name of its own. */
export function errorEnvelope(facts: GraphErrorFacts, login: Login): { error: Record<string, unknown> } {
  const type = facts.type === 'GraphMethodException' && login === 'instagram' ? 'IGApiException' : facts.type;
  return {
    error: {
      message: facts.message,
      type: type ?? 'OAuthException',
      code: facts.code,
      ...(facts.subcode !== undefined && { error_subcode: facts.subcode }),
      ...(facts.is_transient !== undefined && { is_transient: facts.is_transient }),
      ...(facts.title !== undefined && { error_user_title: facts.title }),
      ...(facts.text !== undefined && { error_user_msg: facts.text }),
      fbtrace_id: newTraceId(),
    },
  };
}

/** graph.instagram.com's token exchange on api.instagram.com answers flat errors (§1b). */
export class FlatOauthError extends Error {}

export function flatEnvelope(error: FlatOauthError): Record<string, unknown> {
  return { error_type: 'OAuthException', code: 400, error_message: error.message };
}

/** code 100: a parameter is wrong; the message is Graph's usual way to say so. */
export function invalidParameter(message: string, subcode?: number): GraphError {
  return new GraphError({ http: 400, code: 100, message, subcode });
}

export function missingParameter(name: string): GraphError {
  return invalidParameter(`The parameter ${name} is required.`);
}

/** 100/33: not there, not yours and not supported all look the same. */
export function unknownObject(method: string, id: string): GraphError {
  return new GraphError({
    http: 400,
    code: 100,
    subcode: 33,
    type: 'GraphMethodException',
    message:
      `Unsupported ${method.toLowerCase()} request. Object with ID '${id}' does not exist, cannot be loaded due to ` +
      'missing permissions, or does not support this operation. Please read the Graph API documentation at ' +
      'https://developers.facebook.com/docs/graph-api',
  });
}

/** 2500: the path itself is malformed, e.g. a version twice. */
export function unknownPath(path: string): GraphError {
  return new GraphError({ http: 400, code: 2500, message: `Unknown path components: /${path}` });
}

export function unsupportedMethod(method: string): GraphError {
  const message = `Unsupported request - method type: ${method.toLowerCase()}`;
  return new GraphError({ http: 400, code: 100, message, type: 'GraphMethodException' });
}

export function permissionDenied(): GraphError {
  const message = '(#10) Application does not have permission for this action';
  return new GraphError({ http: 403, code: 10, message });
}

const tokenReasons: Record<number, string> = {
  458: 'The user has not authorized application.',
  459: 'The session is invalid because the user has been checkpointed.',
  460: 'The session has been invalidated because the user changed their password or Facebook has changed the session for security reasons.',
  463: 'Session has expired.',
  464: 'The session is invalid because the user is not a confirmed user.',
  467: 'The session is invalid because the user logged out.',
  492: 'The user must be an administrator, editor, or moderator of the page in order to impersonate it.',
};

/** 190 with the reason why a token that once worked does not any more (§4.3). */
export function deadToken(subcode: number): GraphError {
  const message = `Error validating access token: ${tokenReasons[subcode] ?? 'The session is invalid.'}`;
  return new GraphError({ http: 401, code: 190, subcode, message });
}

/** 190 without subcode: not a token, or one of the other login. */
export function unparsableToken(): GraphError {
  return new GraphError({ http: 400, code: 190, message: 'Invalid OAuth access token - Cannot parse access token' });
}

const throttleMessages: Record<number, string> = {
  4: '(#4) Application request limit reached',
  17: '(#17) User request limit reached',
  32: '(#32) Page request limit reached',
  613: '(#613) Calls to this api have exceeded the rate limit.',
  80002:
    '(#80002) There have been too many calls to this Instagram account. Wait a bit and try again. For more info, ' +
    'please refer to https://developers.facebook.com/docs/graph-api/overview/rate-limiting.',
};

/** A rate limit (§5). 4/2207051 is not one, though it says so: Instagram took the account for a spammer. */
export function throttled(code: number, subcode?: number, http = 400): GraphError {
  const message = throttleMessages[code] ?? `(#${code}) Too many calls`;
  const spam = subcode === 2207051 ? { title: 'Action is blocked', text: 'We restrict certain activity.' } : {};
  return new GraphError({ http, code, subcode, message, is_transient: true, ...spam });
}

import type { GraphErrorRow } from './error-kind';

const HOURS = 3_600;
const THROTTLED = 'The post waits; calling again while throttled only makes it longer.';
const LOG_IN_AGAIN = 'Connect the account again.';

const tooManyCalls = (code: number, subcode: number | null, scope: 'account' | 'app', who: string): GraphErrorRow => ({
  code,
  subcode,
  kind: 'rate_limit_exceeded',
  remedy: 'wait',
  scope,
  source: 'documented',
  advice: `Meta takes no more calls for now: ${who}. ${THROTTLED}`,
});

const tokenDead = (code: number, subcode: number | null, why: string): GraphErrorRow => ({
  code,
  subcode,
  kind: subcode === 463 ? 'token_expired' : 'invalid_token',
  remedy: 'account',
  scope: 'account',
  source: 'documented',
  advice: `${why} ${LOG_IN_AGAIN}`,
});

const noPermission = (code: number, subcode: number | null, advice: string, codeTo?: number): GraphErrorRow => ({
  code,
  subcode,
  ...(codeTo === undefined ? {} : { codeTo }),
  kind: 'permission_denied',
  remedy: 'account',
  source: 'documented',
  advice,
});

const refused = (code: number, subcode: number | null, advice: string): GraphErrorRow => ({
  code,
  subcode,
  kind: 'validation_error',
  remedy: 'fail',
  source: 'documented',
  advice,
});

const missing = (code: number, subcode: number | null, advice: string): GraphErrorRow => ({
  ...refused(code, subcode, advice),
  kind: 'object_missing',
});

const codeRefused = (subcode: number, why: string): GraphErrorRow => ({
  ...refused(100, subcode, `${why} Start the login again.`),
  kind: 'oauth_code_invalid',
  source: 'observed',
});

/** Errors that any call can meet (Meta: Graph API error handling, rate limiting; reference §4.3, §1a, §7, §8). */
export const GENERAL_ERRORS: readonly GraphErrorRow[] = [
  {
    code: 1,
    subcode: null,
    kind: 'instagram_error',
    remedy: 'retry',
    source: 'documented',
    advice: 'Meta had an unknown error of its own. We try again.',
  },
  {
    code: 1,
    subcode: 1357046,
    kind: 'instagram_error',
    remedy: 'verify',
    writeHappened: true,
    source: 'observed',
    advice: 'Meta answered with an error although the message may have been sent. Look before sending it again.',
  },
  {
    code: 2,
    subcode: null,
    kind: 'service_unavailable',
    remedy: 'retry',
    source: 'documented',
    advice: 'The part of Meta that we called is down for a moment. We try again.',
  },
  noPermission(3, null, 'The Meta app lacks a capability for this call. Its owner must add it in the App Dashboard.'),
  tooManyCalls(4, null, 'app', 'the app has used up its calls'),
  noPermission(10, null, 'The login does not allow this call. Connect the account again and grant all permissions.'),
  {
    ...refused(10, 2534022, 'Instagram lets us write only within 24 hours of the last message from this person.'),
    kind: 'permission_denied',
  },
  {
    code: 10,
    subcode: 1893063,
    kind: 'action_blocked',
    remedy: 'wait',
    scope: 'account',
    waitSeconds: 24 * HOURS,
    source: 'documented',
    advice: 'Instagram has restricted this account from messaging for a time. Leave it alone and look into the app.',
  },
  tooManyCalls(17, null, 'account', 'the person behind the login has used up their calls'),
  {
    code: 20,
    subcode: 1772107,
    kind: 'instagram_error',
    remedy: 'verify',
    writeHappened: true,
    source: 'observed',
    advice: 'Meta did what we asked and then failed to describe the result. Do not send it again.',
  },
  tooManyCalls(32, null, 'account', 'the Facebook Page has used up its calls'),
  refused(100, null, 'Instagram refused one of the values sent. Its own message says which.'),
  missing(
    100,
    33,
    'Instagram says that this object does not exist, or our token may not see it, or it cannot do this.',
  ),
  codeRefused(36007, 'The login code has expired.'),
  codeRefused(36008, 'The address that Facebook sent the person back to is not the one the login started with.'),
  codeRefused(36009, 'The login code was used before.'),
  missing(100, 2534014, 'Instagram knows no such person, or they never wrote to this account.'),
  noPermission(100, 2534029, 'Instagram has shut this account out of messaging through its API.'),
  ...Array.from({ length: 15 }, (_, i) =>
    refused(
      100,
      9050 + i,
      'Instagram refused the audio chosen for this reel: unknown, not licensed or not usable here.',
    ),
  ),
  tokenDead(102, null, 'The login session is not valid any more.'),
  {
    ...missing(110, null, 'Instagram knows no account with this id.'),
    kind: 'account_not_found',
  },
  {
    ...missing(
      110,
      2207013,
      'Instagram finds no professional account of this name; personal accounts are never shown.',
    ),
    source: 'observed',
  },
  tokenDead(190, null, 'Meta does not accept the access token: malformed, expired, or made for the other login.'),
  tokenDead(190, 458, 'The person removed our app from their account.'),
  {
    ...tokenDead(190, 459, ''),
    kind: 'account_action_required',
    advice:
      'Meta wants to check who is behind the account. Log in on facebook.com, do what it asks, then connect again.',
  },
  tokenDead(190, 460, "The person's password changed, which ended the login."),
  tokenDead(190, 463, 'The access token has expired.'),
  {
    ...tokenDead(190, 464, ''),
    kind: 'account_action_required',
    advice: 'The Facebook account behind the login is not confirmed. Confirm it on facebook.com, then connect again.',
  },
  tokenDead(190, 467, 'The access token was withdrawn: logged out or ended by Meta.'),
  noPermission(
    190,
    492,
    'The person behind the login has no sufficient role on the Facebook Page. Someone with one must connect.',
  ),
  noPermission(
    200,
    null,
    'A permission is missing or was withdrawn (for a Page from a business portfolio also ads_management). Connect again and grant all permissions.',
    299,
  ),
  noPermission(200, 2534041, 'The owner of the account has switched off access to messages in the Instagram settings.'),
  noPermission(230, null, 'The permission to manage messages is missing. Connect again and grant it.'),
  tooManyCalls(341, null, 'app', 'the app has reached its limit'),
  {
    code: 368,
    subcode: null,
    kind: 'action_blocked',
    remedy: 'wait',
    scope: 'account',
    waitSeconds: 6 * HOURS,
    source: 'documented',
    advice: 'Meta blocked this action for a time because of its policies. Leave the account alone for some hours.',
  },
  {
    code: 368,
    subcode: 1390008,
    kind: 'action_blocked',
    remedy: 'wait',
    scope: 'account',
    waitSeconds: 6 * HOURS,
    source: 'documented',
    advice: 'Meta finds that the account acts too fast and blocked it for a time. Leave it alone for some hours.',
  },
  refused(506, null, 'Meta refused the post as a repetition of the one before.'),
  missing(551, null, 'This person cannot be written to at the moment.'),
  tooManyCalls(613, null, 'account', 'a limit of this kind of call is reached'),
  tooManyCalls(613, 1996, 'account', 'it finds the volume of calls inconsistent'),
  tooManyCalls(613, 2534040, 'account', 'too many messages in a short time'),
  missing(803, null, 'One of the ids does not exist for Meta.'),
  refused(2500, null, 'Meta does not know the path that we called. This is a fault in this service; please report it.'),
  tooManyCalls(80001, null, 'account', 'the calls for this Facebook Page are used up'),
  tooManyCalls(80002, null, 'account', 'the calls for this Instagram account are used up'),
  tooManyCalls(80006, null, 'account', 'the calls for messaging are used up'),
  {
    ...refused(1609005, null, "Meta's servers could not read the page behind the link."),
    kind: 'media_unreachable',
  },
];

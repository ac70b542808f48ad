import { throttleMs } from '../../../src/pace/gate-policy';
import { afterFailure, afterSuccess, RETRY_RULES } from '../../../src/publishing/retry-policy';
import { allKinds, failure } from './state-of';

/** The contract: Errors, "Retry policy of a publish". */
describe('the retry table', () => {
  it.each([
    ['network_error', [5_000, 10_000, 20_000]],
    ['timeout_error', [10_000, 20_000, 40_000]],
    ['media_processing_error', [120_000, 120_000]],
  ] as const)('%s waits %j and then fails', (kind, waits) => {
    let counts = {};
    for (const inMs of waits) {
      const verdict = afterFailure(failure(kind), counts);
      expect(verdict).toMatchObject({ do: 'retry', inMs, newContainer: kind === 'media_processing_error' });
      if (verdict.do === 'retry') counts = verdict.counts;
    }
    expect(afterFailure(failure(kind), counts)).toEqual({ do: 'fail' });
  });

  it.each(['rate_limit_exceeded', 'quota_exceeded'] as const)('%s waits as Instagram says, else an hour', (kind) => {
    expect(throttleMs(failure(kind, { retryAfterSeconds: 12 }))).toBe(12_000);
    expect(throttleMs(failure(kind))).toBe(3_600_000);
  });

  it.each([
    'invalid_token',
    'token_expired',
    'permission_denied',
    'account_action_required',
    'account_not_business',
    'account_not_found',
    'action_blocked',
    'media_invalid_format',
    'media_too_large',
    'media_aspect_ratio_error',
    'validation_error',
    'oauth_code_invalid',
    'object_missing',
  ] as const)('%s is never tried again', (kind) => {
    expect(afterFailure(failure(kind), {})).toEqual({ do: 'fail' });
  });

  it('believes an error that says of itself that no repeat can help', () => {
    expect(afterFailure(failure('instagram_error', { permanent: true }), {})).toEqual({ do: 'fail' });
  });

  it('has a verdict for every kind of error', () => {
    for (const kind of allKinds) expect(['retry', 'fail']).toContain(afterFailure(failure(kind), {}).do);
  });

  it('gives no kind an endless budget but the throttles', () => {
    for (const kind of allKinds.filter((one) => RETRY_RULES[one]))
      expect(afterFailure(failure(kind), { [kind]: 10 })).toEqual({ do: 'fail' });
  });
});

it('a call that worked clears what counts consecutive failures, and keeps the budget of the media', () => {
  expect(afterSuccess({ network_error: 2, timeout_error: 1, media_processing_error: 1, container_expired: 1 })).toEqual(
    {
      media_processing_error: 1,
      container_expired: 1,
    },
  );
});

import {
  classifyContainer,
  classifyFailure,
  ERROR_TYPE_OF_KIND,
  GRAPH_ERROR_KINDS,
  GRAPH_ERROR_TABLE,
  type GraphErrorKind,
  type GraphFailure,
  type Remedy,
} from '../../../src/graph';

const failure = (facts: Partial<GraphFailure>): GraphFailure => ({
  code: null,
  subcode: null,
  httpStatus: 400,
  message: '',
  isTransient: false,
  envelope: 'graph',
  ...facts,
});

/** Reference §4.2, line by line. */
const publishing: [number, number | null, GraphErrorKind, Remedy][] = [
  [-2, 2207003, 'media_unreachable', 'retry_then_rebuild'],
  [-2, 2207020, 'container_expired', 'rebuild'],
  [-1, 2207001, 'instagram_error', 'retry_then_rebuild'],
  [-1, 2207032, 'media_processing_error', 'rebuild'],
  [-1, 2207053, 'media_processing_error', 'rebuild'],
  [-1, 2207073, 'validation_error', 'fail'],
  [1, 2207057, 'validation_error', 'fail'],
  [4, 2207051, 'action_blocked', 'account'],
  [9, 2207042, 'quota_exceeded', 'wait'],
  [24, 2207006, 'object_missing', 'rebuild'],
  [24, 2207008, 'container_expired', 'retry_then_rebuild'],
  [25, 2207050, 'account_action_required', 'account'],
  [100, 2207023, 'validation_error', 'fail'],
  [100, 2207028, 'validation_error', 'fail'],
  [100, 2207035, 'validation_error', 'fail'],
  [100, 2207036, 'validation_error', 'fail'],
  [100, 2207037, 'validation_error', 'fail'],
  [100, 2207040, 'validation_error', 'fail'],
  [352, 2207026, 'media_invalid_format', 'fail'],
  [9004, 2207052, 'media_unreachable', 'retry'],
  [9007, 2207027, 'container_not_ready', 'wait'],
  [36000, 2207004, 'media_too_large', 'fail'],
  [36001, 2207005, 'media_invalid_format', 'fail'],
  [36003, 2207009, 'media_aspect_ratio_error', 'fail'],
  [36004, 2207010, 'validation_error', 'fail'],
  [200, null, 'permission_denied', 'account'],
  [110, 2207013, 'object_missing', 'fail'],
  [100, 9050, 'validation_error', 'fail'],
  [100, 9064, 'validation_error', 'fail'],
];

/** Reference §4.3, and the codes that §1a, §7 and §8 name. */
const general: [number, number | null, GraphErrorKind, Remedy][] = [
  [1, null, 'instagram_error', 'retry'],
  [2, null, 'service_unavailable', 'retry'],
  [3, null, 'permission_denied', 'account'],
  [4, null, 'rate_limit_exceeded', 'wait'],
  [10, null, 'permission_denied', 'account'],
  [10, 2534022, 'permission_denied', 'fail'],
  [10, 1893063, 'action_blocked', 'wait'],
  [17, null, 'rate_limit_exceeded', 'wait'],
  [20, 1772107, 'instagram_error', 'verify'],
  [1, 1357046, 'instagram_error', 'verify'],
  [32, null, 'rate_limit_exceeded', 'wait'],
  [100, null, 'validation_error', 'fail'],
  [100, 33, 'object_missing', 'fail'],
  [100, 36007, 'oauth_code_invalid', 'fail'],
  [100, 36008, 'oauth_code_invalid', 'fail'],
  [100, 36009, 'oauth_code_invalid', 'fail'],
  [100, 2534014, 'object_missing', 'fail'],
  [100, 2534029, 'permission_denied', 'account'],
  [102, null, 'invalid_token', 'account'],
  [110, null, 'account_not_found', 'fail'],
  [190, null, 'invalid_token', 'account'],
  [190, 458, 'invalid_token', 'account'],
  [190, 459, 'account_action_required', 'account'],
  [190, 460, 'invalid_token', 'account'],
  [190, 463, 'token_expired', 'account'],
  [190, 464, 'account_action_required', 'account'],
  [190, 467, 'invalid_token', 'account'],
  [190, 492, 'permission_denied', 'account'],
  [200, 2534041, 'permission_denied', 'account'],
  [230, null, 'permission_denied', 'account'],
  [299, null, 'permission_denied', 'account'],
  [341, null, 'rate_limit_exceeded', 'wait'],
  [368, null, 'action_blocked', 'wait'],
  [368, 1390008, 'action_blocked', 'wait'],
  [506, null, 'validation_error', 'fail'],
  [551, null, 'object_missing', 'fail'],
  [613, null, 'rate_limit_exceeded', 'wait'],
  [613, 1996, 'rate_limit_exceeded', 'wait'],
  [613, 2534040, 'rate_limit_exceeded', 'wait'],
  [803, null, 'object_missing', 'fail'],
  [2500, null, 'validation_error', 'fail'],
  [80001, null, 'rate_limit_exceeded', 'wait'],
  [80002, null, 'rate_limit_exceeded', 'wait'],
  [80006, null, 'rate_limit_exceeded', 'wait'],
  [1609005, null, 'media_unreachable', 'fail'],
];

/** Subcodes that are only ever seen in a container's status text. */
const observed: [number, GraphErrorKind, Remedy][] = [
  [2207076, 'media_processing_error', 'rebuild'],
  [2207077, 'media_processing_error', 'rebuild'],
  [2207082, 'media_processing_error', 'rebuild'],
  [2207085, 'media_processing_error', 'rebuild'],
  [2207081, 'validation_error', 'fail'],
  [2207024, 'container_not_ready', 'wait'],
];

describe('classifying what Meta refused', () => {
  it.each([...publishing, ...general])('reads %d/%s as %s, helped by %s', (code, subcode, kind, remedy) => {
    const verdict = classifyFailure(failure({ code, subcode }));
    expect(verdict).toMatchObject({ kind, remedy, permanent: remedy === 'fail' || remedy === 'account' });
    expect(verdict.advice).toMatch(/^[A-Z].+[.)]$/);
  });

  it.each(observed)('reads the undocumented subcode %d as %s, helped by %s', (subcode, kind, remedy) => {
    expect(classifyFailure(failure({ code: -1, subcode }))).toMatchObject({ kind, remedy });
  });

  it('knows every row of its own table by the row itself, none shadowing another', () => {
    const keys = GRAPH_ERROR_TABLE.map((row) => `${row.code}/${row.subcode}`);
    expect(new Set(keys).size).toBe(keys.length);
    for (const row of GRAPH_ERROR_TABLE)
      expect(classifyFailure(failure({ code: row.code, subcode: row.subcode }))).toMatchObject({
        kind: row.kind,
        advice: row.advice,
      });
  });

  it('has a contract error type for every kind', () => {
    expect(Object.keys(ERROR_TYPE_OF_KIND).sort()).toEqual([...GRAPH_ERROR_KINDS].sort());
  });

  it('trusts a seven-digit subcode whatever code comes with it', () => {
    expect(classifyFailure(failure({ code: 100, subcode: 2207052 })).kind).toBe('media_unreachable');
  });

  it('does not take a short subcode out of its code', () => {
    expect(classifyFailure(failure({ code: 102, subcode: 463 })).kind).toBe('invalid_token');
    expect(classifyFailure(failure({ code: 4, subcode: 33 })).kind).toBe('rate_limit_exceeded');
  });

  it('falls back to the code when the subcode is new', () => {
    expect(classifyFailure(failure({ code: 190, subcode: 999 })).kind).toBe('invalid_token');
    expect(classifyFailure(failure({ code: 9007, subcode: 2207999 })).kind).toBe('container_not_ready');
    expect(classifyFailure(failure({ code: 257 })).kind).toBe('permission_denied');
  });

  it('takes is_transient as a hint only where the code says nothing', () => {
    expect(classifyFailure(failure({ code: 777777, isTransient: true }))).toMatchObject({ remedy: 'retry' });
    expect(classifyFailure(failure({ code: 777777, isTransient: false }))).toMatchObject({ remedy: 'fail' });
    expect(classifyFailure(failure({ code: 352, subcode: 2207026, isTransient: true })).remedy).toBe('fail');
  });

  it('decides on the code and not on the HTTP status', () => {
    expect(classifyFailure(failure({ code: 80002, httpStatus: 400 })).kind).toBe('rate_limit_exceeded');
    expect(classifyFailure(failure({ code: 4, httpStatus: 403 })).kind).toBe('rate_limit_exceeded');
  });

  it('never reads a throttle into the words of a message', () => {
    const message = 'Application request limit reached';
    expect(classifyFailure(failure({ code: 4, subcode: 2207051, message })).kind).toBe('action_blocked');
  });

  it.each([
    [401, 'invalid_token'],
    [403, 'permission_denied'],
    [404, 'object_missing'],
    [408, 'timeout_error'],
    [418, 'instagram_error'],
    [429, 'rate_limit_exceeded'],
    [500, 'instagram_error'],
    [502, 'service_unavailable'],
    [503, 'service_unavailable'],
    [504, 'service_unavailable'],
    [302, 'instagram_error'],
  ])('reads HTTP %d without any code as %s', (httpStatus, kind) => {
    expect(classifyFailure(failure({ httpStatus, envelope: 'none' })).kind).toBe(kind);
  });

  it.each([
    ['INSTAGRAM_PLATFORM_API__INVALID_LOCATION_ID', 'validation_error'],
    ['INSTAGRAM_PLATFORM_API__PERMISSION', 'permission_denied'],
    ['INSTAGRAM_PLATFORM_API__INVALID_PARAM', 'validation_error'],
  ])('reads the symbolic name %s as %s, before the bare code', (name, kind) => {
    expect(classifyFailure(failure({ code: 100, message: `(#100) ${name}` })).kind).toBe(kind);
  });

  it('reads any refusal of a login code as such, its "code 400" being only the HTTP status', () => {
    expect(classifyFailure(failure({ code: 400, envelope: 'oauth' })).kind).toBe('oauth_code_invalid');
    expect(classifyFailure(failure({ code: 500, envelope: 'oauth', httpStatus: 500 })).kind).toBe('instagram_error');
  });

  it('leaves a blocked account alone for a day', () => {
    const verdict = classifyFailure(failure({ code: 4, subcode: 2207051 }));
    expect(verdict).toMatchObject({ scope: 'account', waitSeconds: 86_400 });
  });

  it('says whom a throttle is about', () => {
    expect(classifyFailure(failure({ code: 4 })).scope).toBe('app');
    expect(classifyFailure(failure({ code: 80002 })).scope).toBe('account');
  });
});

describe('classifying a container that Meta gave up on', () => {
  const sentence = (subcode: number) => `Error: Media upload has failed with error code ${subcode}`;

  it.each(['IN_PROGRESS', 'FINISHED', 'PUBLISHED'])('finds nothing wrong with %s', (statusCode) => {
    expect(classifyContainer({ statusCode, status: '' })).toBeNull();
  });

  it('finds the number in the sentence', () => {
    expect(classifyContainer({ statusCode: 'ERROR', status: sentence(2207026) })?.kind).toBe('media_invalid_format');
  });

  it('does not cut seven digits out of a longer number', () => {
    const verdict = classifyContainer({ statusCode: 'ERROR', status: 'Error: media 17889615691921648 failed' });
    expect(verdict).toMatchObject({ kind: 'media_processing_error', remedy: 'rebuild' });
  });

  it('reads a symbolic name too', () => {
    const status = 'Error: INSTAGRAM_PLATFORM_API__INVALID_LOCATION_ID';
    expect(classifyContainer({ statusCode: 'ERROR', status })).toMatchObject({ kind: 'validation_error' });
  });

  it('wants a new container where a call would only be tried again', () => {
    for (const subcode of [2207052, 2207003, 2207001, 2207008, 2207027])
      expect(classifyContainer({ statusCode: 'ERROR', status: sentence(subcode) })?.remedy).toBe('rebuild');
  });

  it('wants a new container for an expired one', () => {
    expect(classifyContainer({ statusCode: 'EXPIRED', status: 'Expired' })).toMatchObject({
      kind: 'container_expired',
      remedy: 'rebuild',
    });
  });

  it('agrees with the mapper of HTTP errors about every subcode', () => {
    for (const [, subcode, kind] of publishing)
      if (subcode !== null && subcode > 1_000_000)
        expect(classifyContainer({ statusCode: 'ERROR', status: sentence(subcode) })?.kind).toBe(kind);
  });
});

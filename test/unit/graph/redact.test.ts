import { redactor } from '../../../src/graph/redact';

describe('taking secrets out of what Meta writes back', () => {
  it('removes what the call was made with, plain and percent-encoded', () => {
    const redact = redactor(['se/cret+1']);
    expect(redact('token se/cret+1 and se%2Fcret%2B1')).toBe('token [redacted] and [redacted]');
  });

  it('removes what looks like a token although it is not ours', () => {
    expect(redactor([])('Malformed access token EAABsbCS1iHgBAKZC0123456789')).toBe(
      'Malformed access token [redacted]',
    );
  });

  it('removes the keys of signed media addresses', () => {
    expect(redactor([])('fetch of https://bucket.test/a.jpg?X-Amz-Signature=abc failed')).toBe(
      'fetch of https://bucket.test/a.jpg?[redacted] failed',
    );
  });

  it('leaves everything else, and null, as it is', () => {
    expect(redactor(['abcd'])('(#100) Invalid parameter')).toBe('(#100) Invalid parameter');
    expect(redactor([])(null)).toBeNull();
  });
});

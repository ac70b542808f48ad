import { inferMediaType, mediumNamedBy, sourcePointer, sourceProblems } from '../../../src/posts/post-rules';

describe('a media type', () => {
  it('is inferred from the medium', () => {
    expect(inferMediaType('video', undefined)).toBe('REELS');
    expect(inferMediaType('image', undefined)).toBe('IMAGE');
    expect(inferMediaType('video', 'STORIES')).toBe('STORIES');
  });
});

describe('the source of a post', () => {
  it.each([
    [{}, [''], ''],
    [{ image_url: null }, [''], ''],
    [{ image_url: 'a' }, [], '/image_url'],
    [{ image_url: 'a', items: [] }, ['/image_url', '/items'], ''],
  ])('of %j has problems at %j', (body, pointers, source) => {
    expect(sourceProblems(body).map(({ pointer }) => pointer)).toEqual(pointers);
    expect(sourcePointer(body)).toBe(source);
  });

  it.each([
    [{ video_url: 'a' }, 'video'],
    [{ video_id: 7 }, 'video'],
    [{ image_url: 'a' }, 'image'],
    [{ asset_id: 7 }, null],
    [{ image_url: 'a', video_url: 'b' }, null],
  ])('%j tells what the medium is: %s', (body, kind) => {
    expect(mediumNamedBy(body)).toBe(kind);
  });
});

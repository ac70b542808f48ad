import {
  captionProblems,
  codePoints,
  hashtagsIn,
  inferMediaType,
  mediaTypeProblems,
  mentionsIn,
} from '../../../src/posts/post-rules';

describe('a caption', () => {
  it('of 2,200 code points passes and one more does not, emoji counted once', () => {
    expect(captionProblems('😀'.repeat(2_200))).toEqual([]);
    expect(captionProblems('😀'.repeat(2_201))).toEqual([
      { pointer: '/caption', message: 'has 2201 characters; Instagram allows 2200' },
    ]);
    expect(codePoints('👍🏽')).toBe(2);
  });

  it('may have 30 hashtags and 20 mentions; all problems are told at once', () => {
    const tags = (n: number) => Array.from({ length: n }, (_, i) => `#t${i}`).join(' ');
    const names = (n: number) => Array.from({ length: n }, (_, i) => `@n${i}`).join(' ');
    expect(captionProblems(`${tags(30)} ${names(20)}`)).toEqual([]);
    expect(captionProblems(`${tags(31)} ${names(21)}`).map(({ message }) => message)).toEqual([
      'has 31 hashtags; Instagram allows 30',
      'has 21 mentions; Instagram allows 20',
    ]);
  });

  it('counts hashtags of any script, and no address as a mention', () => {
    expect(hashtagsIn('#café #東京 #a_1 # nothing')).toEqual(['#café', '#東京', '#a_1']);
    expect(mentionsIn('@me.too mail@example.com (@you)')).toEqual(['@me.too', '@you']);
  });
});

describe('a media type', () => {
  it('is inferred from the medium', () => {
    expect(inferMediaType('video', undefined)).toBe('REELS');
    expect(inferMediaType('image', undefined)).toBe('IMAGE');
    expect(inferMediaType('video', 'STORIES')).toBe('STORIES');
  });

  it.each([
    ['REELS', 'image', {}, ['/media_type']],
    ['IMAGE', 'video', {}, ['/media_type']],
    ['REELS', 'video', { alt_text: 'x' }, ['/alt_text']],
    ['IMAGE', 'image', { thumb_offset: 0, audio_name: 'x' }, ['/thumb_offset', '/audio_name']],
    ['STORIES', 'image', { caption: 'x', location_id: '1' }, ['/caption', '/location_id']],
    [
      'REELS',
      'video',
      { caption: 'x', cover_url: 'https://x', thumb_offset: 1, audio_name: 'x', location_id: '1' },
      [],
    ],
    ['IMAGE', 'image', { caption: 'x', alt_text: 'x', location_id: '1' }, []],
  ] as const)('%s of a %s with %j has problems at %j', (type, kind, given, pointers) => {
    expect(mediaTypeProblems(type, kind, given).map(({ pointer }) => pointer)).toEqual(pointers);
  });
});

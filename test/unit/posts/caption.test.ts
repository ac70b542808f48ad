import {
  captionProblems,
  codePoints,
  hashtagsIn,
  joinedCaption,
  mentionsIn,
  repeatedHashtags,
} from '../../../src/posts/caption';

const tags = (n: number, letter = 't') => Array.from({ length: n }, (_, i) => `${letter}${i}`);
const hashed = (n: number) => tags(n).map((tag) => `#${tag}`).join(' '); // prettier-ignore

describe('a caption', () => {
  it('of 2,200 code points passes and one more does not, emoji counted once', () => {
    expect(captionProblems({ caption: '😀'.repeat(2_200) })).toEqual([]);
    expect(captionProblems({ caption: '😀'.repeat(2_201) })).toEqual([
      { pointer: '/caption', message: 'has 2201 characters; Instagram allows 2200' },
    ]);
    expect(codePoints('👍🏽')).toBe(2);
  });

  it('may have 30 hashtags and 20 mentions; all problems are told at once', () => {
    const names = (n: number) => tags(n, '@n').join(' ');
    expect(captionProblems({ caption: `${hashed(30)} ${names(20)}` })).toEqual([]);
    expect(captionProblems({ caption: `${hashed(31)} ${names(21)}` }).map(({ message }) => message)).toEqual([
      'has 31 hashtags; Instagram allows 30',
      'has 21 mentions; Instagram allows 20',
    ]);
  });

  it('counts hashtags of any script, and no address as a mention', () => {
    expect(hashtagsIn('#café #東京 #a_1 #हिन्दी # nothing')).toEqual(['#café', '#東京', '#a_1', '#हिन्दी']);
    expect(mentionsIn('@me.too mail@example.com (@you)')).toEqual(['@me.too', '@you']);
  });
});

describe('hashtags beside a caption', () => {
  it('stand below it, each with one #', () => {
    expect(joinedCaption('Bread', ['a', '#b'])).toBe('Bread\n\n#a #b');
    expect(joinedCaption(null, ['a'])).toBe('#a');
    expect(joinedCaption('', ['a'])).toBe('#a');
    expect(joinedCaption('Bread', [])).toBe('Bread');
    expect(joinedCaption(null)).toBeNull();
  });

  it.each([
    ['30 hashtags in all', hashed(20), tags(10, 'h'), []],
    ['31 hashtags in all', hashed(20), tags(11, 'h'), ['/hashtags']],
    ['31 hashtags of their own', undefined, tags(31), ['/hashtags']],
    ['31 in the caption already', hashed(31), ['h'], ['/caption']],
    ['2,200 characters in all', 'x'.repeat(2_194), ['abc'], []],
    ['2,201 characters in all', 'x'.repeat(2_195), ['abc'], ['/hashtags']],
  ])('count with it: %s', (_what, caption, hashtags, pointers) => {
    expect(captionProblems({ caption, hashtags }).map(({ pointer }) => pointer)).toEqual(pointers);
  });

  it.each(['', '#', ' a', 'two words', 'a-b', '##a', 'a#b', '@a', 'a.b', 'a,b', 'a\nb'])('are words: not %j', (tag) => {
    expect(captionProblems({ hashtags: ['ok', tag] })).toEqual([
      { pointer: '/hashtags/1', message: 'must be one word of letters, digits and underscores' },
    ]);
  });

  it.each(['a', '#a', 'Ünï_1', '東京', 'हिन्दी', '#❤️', '2026'])('are words: %j', (tag) => {
    expect(captionProblems({ hashtags: [tag] })).toEqual([]);
  });

  it('are not given twice, however they are written', () => {
    expect(captionProblems({ hashtags: ['Bread', 'a', '#bread', 'cafe\u0301', 'café'] })).toEqual([
      { pointer: '/hashtags/2', message: 'is given twice' },
      { pointer: '/hashtags/4', message: 'is given twice' },
    ]);
  });

  it('may stand in the caption, too, and that is noticed', () => {
    expect(captionProblems({ caption: 'My #Bread', hashtags: ['bread'] })).toEqual([]);
    expect(repeatedHashtags('My #Bread', ['cake', '#bread'])).toEqual(['#bread']);
    expect(repeatedHashtags(null, ['bread'])).toEqual([]);
  });

  it.each([[null], ['x'], [7], [[7, null]], [{}]])(
    'of the wrong type are left to the check of types: %j',
    (hashtags) => {
      expect(captionProblems({ caption: 7, hashtags })).toEqual([]);
    },
  );
});

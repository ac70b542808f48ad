import { matchMedia, type Candidate } from '../../../src/publishing/match-media';

const since = new Date('2026-11-20T12:00:00Z');
const sought = { mediaType: 'REELS', caption: 'Fresh from the oven #bakery', since } as const;
const reel = (mediaId: string, given: Partial<Candidate> = {}): Candidate => ({
  mediaId,
  mediaType: 'VIDEO',
  mediaProductType: 'REELS',
  caption: sought.caption,
  timestamp: new Date('2026-11-20T12:00:04Z'),
  ...given,
});
const none: ReadonlySet<string> = new Set();

describe('the medium of a live post', () => {
  it('is the only one of its type, caption and time', () => {
    expect(matchMedia(sought, [reel('1', { caption: 'other' }), reel('2')], none)).toBe('2');
  });

  it('is none when two fit: the newest is never taken for it', () => {
    expect(matchMedia(sought, [reel('1'), reel('2')], none)).toBeNull();
  });

  it('is never one that another post owns', () => {
    expect(matchMedia(sought, [reel('1'), reel('2')], new Set(['1']))).toBe('2');
    expect(matchMedia(sought, [reel('1')], new Set(['1']))).toBeNull();
  });

  it('is never older than the publish call', () => {
    expect(matchMedia(sought, [reel('1', { timestamp: new Date('2026-11-20T11:59:40Z') })], none)).toBeNull();
    expect(matchMedia(sought, [reel('1', { timestamp: null })], none)).toBeNull();
  });

  it.each([
    ['IMAGE', { mediaType: 'IMAGE', mediaProductType: 'FEED' }],
    ['CAROUSEL', { mediaType: 'CAROUSEL_ALBUM', mediaProductType: 'FEED' }],
    ['STORIES', { mediaType: 'VIDEO', mediaProductType: 'STORY' }],
  ] as const)('of type %s is not taken for a reel, nor the other way round', (mediaType, read) => {
    expect(matchMedia(sought, [reel('1', read)], none)).toBeNull();
    expect(matchMedia({ ...sought, mediaType }, [reel('1', read)], none)).toBe('1');
    expect(matchMedia({ ...sought, mediaType }, [reel('1')], none)).toBeNull();
  });

  it('is found although Instagram gives the caption back with other white space', () => {
    expect(matchMedia({ ...sought, caption: 'a\r\nb ' }, [reel('1', { caption: 'a\nb' })], none)).toBe('1');
    expect(matchMedia({ ...sought, caption: null }, [reel('1', { caption: null })], none)).toBe('1');
  });
});

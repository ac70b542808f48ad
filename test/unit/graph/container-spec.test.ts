import { containerBody, type ContainerSpec } from '../../../src/graph/container-spec';

/** As it goes over the wire: fields that are undefined are gone. */
const wire = (spec: ContainerSpec) => JSON.parse(JSON.stringify(containerBody(spec)));

describe('the body of a new container', () => {
  it('names no media type for a single image', () => {
    expect(wire({ kind: 'image', imageUrl: 'https://m/1.jpg', caption: 'hi', altText: 'a cat' })).toEqual({
      image_url: 'https://m/1.jpg',
      caption: 'hi',
      alt_text: 'a cat',
    });
  });

  it('sends everything a reel can have', () => {
    expect(
      wire({
        kind: 'reel',
        videoUrl: 'https://m/1.mp4',
        caption: 'hi',
        coverUrl: 'https://m/1.jpg',
        thumbOffsetMs: 0,
        shareToFeed: false,
        audioName: 'mine',
        locationId: '7',
        collaborators: ['ann'],
        userTags: [{ username: 'bob' }],
        trialParams: { graduation_strategy: 'MANUAL' },
        isAiGenerated: false,
      }),
    ).toEqual({
      media_type: 'REELS',
      video_url: 'https://m/1.mp4',
      caption: 'hi',
      cover_url: 'https://m/1.jpg',
      thumb_offset: 0,
      share_to_feed: false,
      audio_name: 'mine',
      location_id: '7',
      collaborators: ['ann'],
      user_tags: [{ username: 'bob' }],
      trial_params: { graduation_strategy: 'MANUAL' },
      is_ai_generated: false,
    });
  });

  it('still says VIDEO for a video inside of a carousel, and only there', () => {
    expect(wire({ kind: 'carousel_video', videoUrl: 'https://m/1.mp4' })).toEqual({
      media_type: 'VIDEO',
      is_carousel_item: true,
      video_url: 'https://m/1.mp4',
    });
    expect(wire({ kind: 'carousel_image', imageUrl: 'https://m/1.jpg' })).toEqual({
      is_carousel_item: true,
      image_url: 'https://m/1.jpg',
    });
  });

  it('announces an upload in place of an address', () => {
    expect(wire({ kind: 'reel', videoUrl: null, shareToFeed: true })).toEqual({
      media_type: 'REELS',
      upload_type: 'resumable',
      share_to_feed: true,
    });
    expect(wire({ kind: 'story_video', videoUrl: null })).toEqual({ media_type: 'STORIES', upload_type: 'resumable' });
    expect(wire({ kind: 'carousel_video', videoUrl: null })).toEqual({
      media_type: 'VIDEO',
      is_carousel_item: true,
      upload_type: 'resumable',
    });
  });

  it('lists the children of a carousel in order', () => {
    expect(wire({ kind: 'carousel', children: ['3', '1', '2'], caption: 'three' })).toEqual({
      media_type: 'CAROUSEL',
      children: '3,1,2',
      caption: 'three',
    });
  });

  it('makes stories of an image and of a video', () => {
    expect(wire({ kind: 'story_image', imageUrl: 'https://m/1.jpg' })).toEqual({
      media_type: 'STORIES',
      image_url: 'https://m/1.jpg',
    });
    expect(wire({ kind: 'story_video', videoUrl: 'https://m/1.mp4' })).toEqual({
      media_type: 'STORIES',
      video_url: 'https://m/1.mp4',
    });
  });
});

import { deliveryOf, noDelivery, type DeliveryFacts } from '../../../src/assets/media-delivery';

const video: DeliveryFacts = {
  setting: 'auto',
  login: 'facebook',
  kind: 'video',
  isStored: true,
  isPublic: true,
  wasUnreachable: false,
};
const how = (given: Partial<DeliveryFacts>) => deliveryOf({ ...video, ...given });

describe('how Instagram gets a medium', () => {
  it('by its address, where that is a public one', () => {
    expect(how({})).toBe('url');
    expect(how({ login: 'instagram' })).toBe('url');
    expect(how({ kind: 'image' })).toBe('url');
  });

  it('is sent a video that it could not fetch', () => {
    expect(how({ isPublic: false })).toBe('upload');
    expect(how({ wasUnreachable: true })).toBe('upload');
    expect(how({ setting: 'upload' })).toBe('upload');
    expect(how({ setting: 'url', wasUnreachable: true })).toBe('url');
  });

  it('can be sent neither images, nor anything with Instagram Login', () => {
    for (const one of [{ kind: 'image' }, { login: 'instagram' }] as const) {
      expect(how({ ...one, setting: 'upload' })).toBe('url');
      expect(how({ ...one, isPublic: false })).toBe('none');
      expect(how({ ...one, isPublic: false, setting: 'upload' })).toBe('none');
    }
  });

  it('fetches what lies at somebody else’s address, whatever is set', () => {
    expect(how({ isStored: false, setting: 'upload' })).toBe('url');
    expect(how({ isStored: false, isPublic: false })).toBe('url');
  });

  it('has no way where we may not send, and a person is told what to do', () => {
    const facts = { ...video, setting: 'url', isPublic: false } as const;
    expect(deliveryOf(facts)).toBe('none');
    const said = noDelivery(facts, 'http://localhost:8000/files/1.mp4');
    expect(said.why).toBe(
      'Instagram has to fetch this video, and http://localhost:8000 is no address of the public internet.',
    );
    expect(said.remedy).toContain('MEDIA_DELIVERY=auto');
    const image = noDelivery({ ...facts, kind: 'image' }, 'http://localhost:8000/files/1.jpg');
    expect(image.remedy).toMatch(/PUBLIC_BASE_URL.*S3\.$/);
  });
});

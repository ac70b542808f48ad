/** How Instagram gets a medium: it fetches it, or we send it; `none`: it has no way to. */
export type MediaDelivery = 'url' | 'upload' | 'none';

/** What decides it. */
export interface DeliveryFacts {
  /** MEDIA_DELIVERY. */
  setting: 'auto' | 'url' | 'upload';
  login: 'facebook' | 'instagram';
  kind: 'image' | 'video';
  /** By us; else it lies at somebody else's address, which was fetched from when the post was made. */
  isStored: boolean;
  /** Its address leads to the public internet, as far as its text can tell. */
  isPublic: boolean;
  /** Instagram tried to fetch it for this post, and could not. */
  wasUnreachable: boolean;
}

/** Only videos can be sent, and only for accounts of Facebook Login. Meta: Upload Video to Meta Servers; reference §1, §2.3. */
export function deliveryOf({ setting, login, kind, isStored, isPublic, wasUnreachable }: DeliveryFacts): MediaDelivery {
  if (!isStored) return 'url';
  const isSent = setting === 'upload' || (setting === 'auto' && (!isPublic || wasUnreachable));
  if (isSent && kind === 'video' && login === 'facebook') return 'upload';
  return isPublic ? 'url' : 'none';
}

/** For a person, where there is no way. */
export function noDelivery(
  { setting, login, kind }: Pick<DeliveryFacts, 'setting' | 'login' | 'kind'>,
  url: string,
): { why: string; remedy: string } {
  const couldBeSent = setting === 'url' && kind === 'video' && login === 'facebook';
  const or = couldBeSent ? ', or let us send it (MEDIA_DELIVERY=auto)' : '';
  return {
    why: `Instagram has to fetch this ${kind}, and ${new URL(url).origin} is no address of the public internet.`,
    remedy: `Set PUBLIC_BASE_URL to where this service is reached from outside, or store uploads in S3${or}.`,
  };
}

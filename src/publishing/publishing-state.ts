import type { PublishingLimit, UploadProgress } from '../graph';
import type { Outcome, PostStatus, Step, WaitReason } from '../posts/post-state';
import type { Failure, FailureCounts } from './retry-policy';

/** A video that is sent to Instagram byte by byte, into a container made for that. */
export interface Upload {
  sizeBytes: number;
  /** As many as Instagram was last known to have. */
  sentBytes: number;
  /** `send` from there on; `ask` Instagram first, for a call was about to be made; `done`: it has them all. */
  state: 'send' | 'ask' | 'done';
  /** RFC 3339; the column is JSON. Null until all is sent. */
  doneAt: string | null;
}

/** What Instagram says of an upload. Meta: reference §2.3. */
export type UploadNews = UploadProgress;

/** The container of one item of a carousel. */
export interface Child {
  /** Null: still to be made, or to be made again. */
  containerId: string | null;
  /** RFC 3339; the column is JSON. */
  createdAt: string | null;
  /** Instagram said that it is FINISHED. */
  ready: boolean;
  /** Left out: Instagram fetches the item itself. */
  upload?: Upload;
}

/** What deciding needs to know of a post. */
export interface PublishingState {
  status: PostStatus;
  outcome: Outcome;
  step: Step;
  dueAt: Date;
  /** Later than this after its time a post is missed and not published any more; null: never too late. */
  maxLatenessSeconds: number | null;
  containerId: string | null;
  containerCreatedAt: Date | null;
  /** Null: Instagram fetches the media itself, or there is no container yet. */
  upload: Upload | null;
  /** How many containers have to be ready before the post's own can be made; 0 for anything but a carousel. */
  readonly childrenNeeded: number;
  /** In the order of the items; empty until the first is made. */
  children: readonly Child[];
  /** When the last publish call was about to be sent; committed before it. */
  intentAt: Date | null;
  /** Publish calls sent on this container. */
  publishCalls: number;
  /** Publish calls without a clear answer whose container was publishable after all verification delays. */
  doubts: number;
  /** What the last publish call was answered, when that was not a clean success. */
  refusal: Failure | null;
  failures: FailureCounts;
  instagramPostId: string | null;
  postedAt: Date | null;
}

/** Settings that deciding needs. Milliseconds. */
export interface Rules {
  containerPollIntervalMs: number;
  containerPollTimeoutMs: number;
  verifyDelaysMs: number[];
  /** A post that is ready is claimed so long before its time. */
  claimLeadMs: number;
  /** A post later than this is part of a backlog… */
  backlogAfterMs: number;
  /** …whose posts leave so far apart, for each account. */
  backlogGapMs: number;
}

/** The Graph calls that publishing makes, one at a time. */
export type Call =
  | 'read_quota'
  | 'create_child'
  | 'read_child'
  | 'create_container'
  | 'send_bytes'
  | 'read_container'
  | 'publish'
  | 'find_media'
  | 'read_permalink';

/** A container's `status_code`. Meta: reference §2.4. */
export type ContainerCode = 'IN_PROGRESS' | 'FINISHED' | 'PUBLISHED' | 'ERROR' | 'EXPIRED';

/** What Meta said to the one call that was made. */
export type Heard =
  | { what: 'quota_read'; limit: PublishingLimit }
  | { what: 'quota_unread'; failure: Failure }
  /** `uploadBytes`: so large a video is to be sent into it; left out: Instagram fetches it. */
  | { what: 'child_created'; containerId: string; uploadBytes?: number }
  | { what: 'child_status'; code: ContainerCode; failure: Failure | null; upload?: UploadNews }
  | { what: 'container_created'; containerId: string; uploadBytes?: number }
  | { what: 'container_status'; code: ContainerCode; failure: Failure | null; upload?: UploadNews }
  | { what: 'bytes_sent' }
  /** Not a byte: this worker has no room for one more upload. */
  | { what: 'bytes_not_sent' }
  /** We stopped sending ourselves. */
  | { what: 'bytes_cut' }
  | { what: 'published'; mediaId: string }
  | { what: 'publish_unclear'; failure: Failure }
  /** No connection came about: not a byte of the publish call left us. */
  | { what: 'publish_not_sent'; failure: Failure }
  | { what: 'media_found'; mediaId: string; permalink: string | null }
  | { what: 'media_not_found' }
  | { what: 'permalink_read'; permalink: string | null }
  | { what: 'call_failed'; failure: Failure };

/** What to write: only what changes, when to look again, and why, in a sentence for the timeline. */
export interface Change {
  set: Partial<Omit<PublishingState, 'childrenNeeded'>> & { permalink?: string | null; error?: Failure | null };
  /** Null: nothing is left to do. */
  lookAgainAt: Date | null;
  why: string;
  /** Why nothing is done although the time has come; left out: it is not so. */
  waitReason?: WaitReason;
  /** Something is wrong with a scheduled post whose time is still to come: its user may mend it. */
  risk?: Failure;
}

export function after(from: Date, ms: number): Date {
  return new Date(from.getTime() + ms);
}

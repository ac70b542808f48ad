import { type SandboxClock } from './clock';
import { type ContainerRequest } from './container-rules';
import { type Ids } from './ids';
import { type MediaFile } from './media-files';
import { DAY_MS } from './tokens';
import { type UploadSession } from './upload-session';

export type StatusCode = 'IN_PROGRESS' | 'FINISHED' | 'PUBLISHED' | 'ERROR' | 'EXPIRED';

/** A media container (IG Container): what `POST /{ig-id}/media` makes and `media_publish` turns into media. */
export interface Container {
  id: string;
  account_id: string;
  request: ContainerRequest;
  created_at: number;
  /** What became of it, but for expiry, which follows from the time. */
  state: Exclude<StatusCode, 'EXPIRED'>;
  error_subcode: number | null;
  /** Why the media was refused, for people. */
  reason: string | null;
  media: MediaFile | null;
  /** What has come of an upload so far. */
  arriving: UploadSession | null;
  /** When all of it was there. */
  uploaded_at: number | null;
  cover: MediaFile | null;
  media_id: string | null;
}

/** Where the containers are, by id. */
export class ContainerStore {
  private readonly byId = new Map<string, Container>();

  constructor(
    private readonly clock: SandboxClock,
    private readonly ids: Ids,
  ) {}

  add(accountId: string, request: ContainerRequest): Container {
    const container: Container = {
      id: this.ids.next(),
      account_id: accountId,
      request,
      created_at: this.clock.now(),
      state: 'IN_PROGRESS',
      error_subcode: null,
      reason: null,
      media: null,
      arriving: null,
      uploaded_at: null,
      cover: null,
      media_id: null,
    };
    this.byId.set(container.id, container);
    return container;
  }

  find(id: string): Container | undefined {
    return this.byId.get(id);
  }

  /** A container lives 24 hours; only published ones keep their state after that (§2.4). */
  statusOf(container: Container): StatusCode {
    if (container.state === 'PUBLISHED') return 'PUBLISHED';
    return this.clock.now() >= container.created_at + DAY_MS ? 'EXPIRED' : container.state;
  }

  /** The account's containers that are not published yet, newest first. */
  openOf(accountId: string): Container[] {
    const open = [...this.byId.values()].filter((c) => c.account_id === accountId && c.state !== 'PUBLISHED');
    return open.reverse();
  }

  clear(): void {
    this.byId.clear();
  }
}

/** The `status` field: a sentence, which on errors holds the subcode (§2.4). */
export function statusSentence(code: StatusCode, subcode: number | null): string {
  switch (code) {
    case 'IN_PROGRESS':
      return 'In Progress: Media is still being processed.';
    case 'FINISHED':
      return 'Finished: Media has been uploaded and it is ready to be published.';
    case 'PUBLISHED':
      return 'Published: Media has been successfully published.';
    case 'EXPIRED':
      return 'Expired: Media was not published within 24 hours and has expired.';
    case 'ERROR':
      return `Error: Media upload has failed with error code ${subcode ?? 2207053}`;
  }
}

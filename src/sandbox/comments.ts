import { type SandboxClock } from './clock';
import { type Ids } from './ids';

/** A comment on a medium (IG Comment). */
export interface Comment {
  id: string;
  media_id: string;
  /** Of the account that wrote it, where it is one of ours; null: some other person's. */
  account_id: string | null;
  username: string;
  text: string;
  written_at: number;
}

/** The comments on each medium, oldest first. */
export class CommentStore {
  private readonly byMedia = new Map<string, Comment[]>();

  constructor(
    private readonly clock: SandboxClock,
    private readonly ids: Ids,
  ) {}

  write(given: Omit<Comment, 'id' | 'written_at'>): Comment {
    const comment = { id: this.ids.next(), written_at: this.clock.now(), ...given };
    this.byMedia.set(comment.media_id, [...this.of(comment.media_id), comment]);
    return comment;
  }

  of(mediaId: string): readonly Comment[] {
    return this.byMedia.get(mediaId) ?? [];
  }

  clear(): void {
    this.byMedia.clear();
  }
}

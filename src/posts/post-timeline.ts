import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

/** One thing that happened to a post: a change of state, a Graph call (without secrets), or a decision and its reason. */
export interface TimelineEntry {
  kind: 'state' | 'call' | 'decision';
  summary: string;
  detail?: Record<string, unknown>;
}

export interface TimelineRow extends Required<TimelineEntry> {
  at: Date;
}

/** The append-only story of each post: what support tickets ask for. */
@Injectable()
export class PostTimeline {
  constructor(private readonly dataSource: DataSource) {}

  async append(tx: EntityManager, postId: number, entries: TimelineEntry[]): Promise<void> {
    await tx.query(
      `INSERT INTO post_timeline (post_id, kind, summary, detail)
       SELECT $1, entry->>'kind', entry->>'summary', coalesce(entry->'detail', '{}') FROM jsonb_array_elements($2::jsonb) entry`,
      [postId, JSON.stringify(entries)],
    );
  }

  /** Oldest first. */
  async of(postId: number): Promise<TimelineRow[]> {
    return this.dataSource.query(`SELECT at, kind, summary, detail FROM post_timeline WHERE post_id = $1 ORDER BY id`, [
      postId,
    ]);
  }
}

import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** A published post as a line of a sheet: strings and numbers, in the order of the columns (docs/operations.md). */
export type SheetRow = [
  postedAt: string,
  postId: number,
  accountId: string,
  permalink: string,
  caption: string,
  mediaType: string,
  username: string,
];

/** What is written down of published posts. */
@Injectable()
export class SheetRows {
  constructor(private readonly dataSource: DataSource) {}

  /** Null: the post is gone. */
  async of(postId: number): Promise<SheetRow | null> {
    const [post] = await this.dataSource.query<Published[]>(
      `SELECT p.posted_at, p.account_id, p.permalink, p.caption, p.media_type, a.username
       FROM posts p JOIN accounts a ON a.id = p.account_row_id WHERE p.id = $1`,
      [postId],
    );
    if (!post) return null;
    const { posted_at, account_id, permalink, caption, media_type, username } = post;
    return [
      posted_at?.toISOString() ?? '',
      postId,
      account_id,
      permalink ?? '',
      caption ?? '',
      media_type,
      username ?? '',
    ];
  }
}

interface Published {
  posted_at: Date | null;
  account_id: string;
  permalink: string | null;
  caption: string | null;
  media_type: string;
  username: string | null;
}

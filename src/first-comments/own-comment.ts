import type { Sighting } from './comment-state';

/** A comment under the post, as far as finding ours needs it. */
export interface Seen {
  id: string;
  text: string;
  username: string | null;
  authorId: string | null;
  /** Meta's word that the account which asks wrote it. */
  isOwn: boolean;
}

/** Who writes. */
export interface Author {
  accountId: string;
  /** Null: not known. */
  username: string | null;
}

/**
 * Looks for our own words by our own account. Where the same words stand there and nobody says whose they are, or where
 * not all comments were read, it may be there: only a clear "no" ever allows another call.
 */
export function sightingOf(text: string, author: Author, comments: readonly Seen[], all: boolean): Sighting {
  const same = comments.filter((comment) => plain(comment.text) === plain(text));
  const ours = same.find((comment) => isBy(author, comment));
  if (ours) return { is: 'ours', commentId: ours.id };
  if (same.some((comment) => !isBySomebodyElse(author, comment))) return { is: 'perhaps' };
  return { is: all ? 'absent' : 'perhaps' };
}

function isBy({ accountId, username }: Author, comment: Seen): boolean {
  if (comment.isOwn || comment.authorId === accountId) return true;
  return username !== null && comment.username?.toLowerCase() === username.toLowerCase();
}

/** Ids prove nothing here: Meta gives an account's own comments another id of it, too. */
function isBySomebodyElse({ username }: Author, comment: Seen): boolean {
  return username !== null && comment.username !== null;
}

/** Instagram trims, and may write white space and accents in another way. */
function plain(text: string): string {
  return text.normalize('NFC').replace(/\s+/g, ' ').trim();
}

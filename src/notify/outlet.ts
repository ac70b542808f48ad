/** A message on its way to one recipient. */
export interface Outgoing {
  /** The same for each attempt, and for no other message of any installation. */
  key: string;
  subject: string;
  text: string;
  /** The recipient's address, where the channel has more than one. */
  to: string | null;
  /** What it is about, where it is about a post. */
  postId: number | null;
  /** An earlier attempt may have got there. */
  isRepeat: boolean;
  /** The log's words for it: ids and what they are of. */
  facts: Record<string, unknown>;
}

/** What became of it. `why` holds no secret. */
export type Sending = { sent: true } | { sent: false; why: string; permanent: boolean; retryAfterMs?: number };

/** One way out. Does not throw for what a network or a receiver may do. */
export interface Outlet {
  /** The most that may be sent in a minute, by all workers together; null: any number. */
  perMinute: number | null;
  send(message: Outgoing): Promise<Sending>;
}

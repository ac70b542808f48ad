import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { EventRow } from './event.entity';
import { type EventType } from './event-type';

export interface NewEvent {
  /** Whose feed it stands in. */
  userId: number;
  type: EventType;
  postId?: number;
  /** Instagram's id of the account, as in the API. */
  accountId?: string;
  /** JSON in snake_case, as clients will read it. Never a token, nor anything else that must not leave the house. */
  data: Record<string, unknown>;
}

/** The outbox: an event is written in the transaction of what it tells, so neither stands without the other. */
@Injectable()
export class Events {
  async append(tx: EntityManager, { userId, type, postId, accountId, data }: NewEvent): Promise<void> {
    await tx.insert(EventRow, { userId, type, postId: postId ?? null, accountId: accountId ?? null, data });
  }
}

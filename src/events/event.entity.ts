import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import { type EventType } from './event-type';

/** One thing that happened; see the migration. */
@Entity('events')
export class EventRow {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: number;

  @Column({ name: 'user_id', type: 'bigint' })
  userId!: number;

  @Column({ type: 'text' })
  type!: EventType;

  @Column({ name: 'post_id', type: 'bigint', nullable: true })
  postId!: number | null;

  /** Instagram's id of the account, as in the API. */
  @Column({ name: 'account_id', type: 'text', nullable: true })
  accountId!: string | null;

  @Column({ type: 'jsonb' })
  data!: object;

  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt!: Date;
}

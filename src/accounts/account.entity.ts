import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import { type Login } from '../graph/index';

/** An Instagram professional account that a user connected, and the sealed token that reaches it. */
@Entity('accounts')
export class AccountRow {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: number;

  @Column({ name: 'user_id', type: 'bigint' })
  userId!: number;

  /** Instagram's id of the account: digits. Unique per user. */
  @Column({ name: 'account_id', type: 'text' })
  accountId!: string;

  @Column({ type: 'text' })
  login!: Login;

  @Column({ type: 'text', nullable: true })
  username!: string | null;

  @Column({ name: 'page_id', type: 'text', nullable: true })
  pageId!: string | null;

  @Column({ name: 'page_name', type: 'text', nullable: true })
  pageName!: string | null;

  /** The account that is meant where a request names none. At most one per user, and a connected one. */
  @Column({ name: 'is_default', type: 'boolean', default: false })
  isDefault!: boolean;

  /** Sealed (account-tokens.ts). Null when disconnected, and only then. */
  @Column({ name: 'access_token', type: 'text', nullable: true })
  accessToken!: string | null;

  /** Null: it has no end that anybody told us. */
  @Column({ name: 'token_expires_at', type: 'timestamptz', nullable: true })
  tokenExpiresAt!: Date | null;

  /** When it was connected last. */
  @Column({ name: 'connected_at', type: 'timestamptz' })
  connectedAt!: Date;

  @Column({ name: 'disconnected_at', type: 'timestamptz', nullable: true })
  disconnectedAt!: Date | null;

  /** Why Instagram takes its token no more; null: nobody said so. */
  @Column({ name: 'action_required', type: 'text', nullable: true })
  actionRequired!: string | null;

  @Column({ name: 'updated_at', type: 'timestamptz', default: () => 'now()' })
  updatedAt!: Date;
}

import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import { type Login } from '../graph/index';
import { type KnownDetails } from './account-details';

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

  /** Null: not said. */
  @Column({ name: 'token_issued_at', type: 'timestamptz', nullable: true })
  tokenIssuedAt!: Date | null;

  /** After this Facebook Login tells nothing although the token is good (reference §11); null: not said. */
  @Column({ name: 'data_access_expires_at', type: 'timestamptz', nullable: true })
  dataAccessExpiresAt!: Date | null;

  /** What was granted; empty: not known. */
  @Column({ type: 'text', array: true, default: () => "'{}'" })
  scopes!: string[];

  /** Whom Meta's callbacks name: the Facebook person, or Instagram's app-scoped id of the account. */
  @Column({ name: 'app_scoped_user_id', type: 'text', nullable: true })
  appScopedUserId!: string | null;

  /** What Instagram showed of the account when it was read last. */
  @Column({ type: 'jsonb', nullable: true })
  details!: KnownDetails | null;

  @Column({ name: 'details_at', type: 'timestamptz', nullable: true })
  detailsAt!: Date | null;

  /** When it was connected last. */
  @Column({ name: 'connected_at', type: 'timestamptz' })
  connectedAt!: Date;

  @Column({ name: 'disconnected_at', type: 'timestamptz', nullable: true })
  disconnectedAt!: Date | null;

  /** Why Instagram takes its token no more; null: nobody said so. */
  @Column({ name: 'action_required', type: 'text', nullable: true })
  actionRequired!: string | null;

  @Column({ name: 'action_required_at', type: 'timestamptz', nullable: true })
  actionRequiredAt!: Date | null;

  @Column({ name: 'updated_at', type: 'timestamptz', default: () => 'now()' })
  updatedAt!: Date;
}

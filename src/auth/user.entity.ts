import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** Who may call: by e-mail and password, or by an outside issuer's `iss` and `sub`. Never both. */
@Entity('users')
export class UserRow {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: number;

  /** Lower case. Null for users of an outside issuer: what it says about e-mails is not proved to us. */
  @Column({ type: 'text', nullable: true })
  email!: string | null;

  /** PHC string of argon2id, parameters included. */
  @Column({ name: 'password_hash', type: 'text', nullable: true })
  passwordHash!: string | null;

  @Column({ type: 'text', nullable: true })
  issuer!: string | null;

  @Column({ type: 'text', nullable: true })
  subject!: string | null;

  @Column({ type: 'text', array: true, default: () => "'{}'" })
  roles!: string[];

  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt!: Date;
}

import { createHash } from 'node:crypto';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AccountTokens } from '../accounts/account-tokens';
import { Clock } from '../common/clock';
import { Log } from '../common/log';
import { Settings, type InstallationAccountSettings } from '../config/settings';
import { Transactions } from '../database/transactions';

/**
 * The account of the installation itself, from the environment into the table: there it is refreshed like any other. The
 * environment's token is taken again only when it changed: what it was refreshed into is newer.
 */
@Injectable()
export class InstallationAccount implements OnApplicationBootstrap {
  constructor(
    private readonly settings: Settings,
    private readonly tokens: AccountTokens,
    private readonly transactions: Transactions,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** A process starts also while the database is away; its requests then say so. */
  async onApplicationBootstrap(): Promise<void> {
    const { installation } = this.settings.tokens;
    try {
      if (!installation) await this.transactions.run((tx) => this.forgetAllBut(tx, null));
      else if (await this.adopt(installation))
        this.log.info('installation_account.adopted', { account_id: installation.accountId });
    } catch (error) {
      this.log.error('installation_account.not_adopted', { error });
    }
  }

  /** No call to Instagram: a token that does not work is found out by the night's check, or by its first use. */
  private async adopt({ accountId, accessToken }: InstallationAccountSettings): Promise<boolean> {
    const hash = createHash('sha256').update(accessToken.reveal()).digest('hex');
    return this.transactions.run(async (tx) => {
      const userId = await ownerOf(tx);
      const now = this.clock.now();
      await this.forgetAllBut(tx, accountId);
      const known: unknown[] = await tx.query(
        `SELECT 1 FROM accounts WHERE user_id = $1 AND account_id = $2 AND env_token_sha256 = $3 AND access_token IS NOT NULL`,
        [userId, accountId, hash],
      );
      if (known.length > 0) return false;
      // Tokens of Instagram Login start with IGAA or IGQ, those of Facebook Login with EA (reference §1).
      const login = accessToken.reveal().startsWith('IG') ? 'instagram' : 'facebook';
      await tx.query(
        `INSERT INTO accounts AS a (user_id, account_id, login, access_token, connected_at, env_token_sha256)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (user_id, account_id) DO UPDATE SET login = excluded.login, access_token = excluded.access_token,
           token_expires_at = NULL, connected_at = excluded.connected_at, disconnected_at = NULL, action_required = NULL,
           env_token_sha256 = excluded.env_token_sha256, updated_at = excluded.connected_at`,
        [userId, accountId, login, this.tokens.seal(accessToken, { userId, accountId }), now, hash],
      );
      return true;
    });
  }

  /** The environment names one account, or none any more: an earlier one's token is erased. */
  private async forgetAllBut(tx: EntityManager, accountId: string | null): Promise<void> {
    await tx.query(
      `UPDATE accounts SET access_token = NULL, token_expires_at = NULL, disconnected_at = $2, env_token_sha256 = NULL,
         updated_at = $2
       WHERE user_id = (SELECT id FROM users WHERE issuer = 'installation' AND subject = 'installation')
         AND account_id IS DISTINCT FROM $1 AND disconnected_at IS NULL`,
      [accountId, this.clock.now()],
    );
  }
}

/** The user that stands for the installation; nobody can sign in as it. Locked, for all processes start at once. */
async function ownerOf(tx: EntityManager): Promise<number> {
  await tx.query(
    `INSERT INTO users (issuer, subject) VALUES ('installation', 'installation') ON CONFLICT (issuer, subject) DO NOTHING`,
  );
  const rows: { id: number }[] = await tx.query(
    `SELECT id FROM users WHERE issuer = 'installation' AND subject = 'installation' FOR NO KEY UPDATE`,
  );
  if (!rows[0]) throw new Error('A user vanished right after being made');
  return rows[0].id;
}

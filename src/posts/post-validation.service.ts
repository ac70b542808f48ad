import { Injectable, type Type } from '@nestjs/common';
import { Clock } from '../common/clock';
import { Transactions } from '../database/transactions';
import { QuotaRepository } from '../quota/quota.repository';
import { NewPostBody, type CreatePostBody } from './dto/create-post.dto';
import type { PostValidationView } from './dto/post-validation.dto';
import { Findings } from './findings';
import { parseInstant } from './instant';
import { PostPlanning } from './post-planning.service';
import { isObject } from './post-rules';
import { accountWarnings, wishWarnings, type QuotaUse } from './post-warnings';
import { readBody } from './sent-body';

/** What comes later has its own quota. */
const QUOTA_WINDOW_MS = 24 * 3_600_000;

/** Says what creating a post would meet, all of it at once. Stores nothing, and asks Instagram nothing. */
@Injectable()
export class PostValidation {
  constructor(
    private readonly planning: PostPlanning,
    private readonly quotas: QuotaRepository,
    private readonly transactions: Transactions,
    private readonly clock: Clock,
  ) {}

  /** @param type whose route it is: a body for `POST /post` has no `scheduled_time` */
  async validate(userId: number, type: Type<CreatePostBody>, sent: unknown): Promise<PostValidationView> {
    const findings = new Findings(true);
    const { wish, problems } = await readBody(type, sent ?? {});
    findings.tell(problems);
    if (wish === null) return { valid: false, errors: findings.all, warnings: [] };

    const body = isObject(sent) ? sent : {};
    findings.tell(NewPostBody.timeOfADraft(body));
    const scheduledTime = wish.scheduled_time === undefined ? null : parseInstant(wish.scheduled_time);
    const circumstances = { scheduledTime, timeIsNew: true, checked: null };
    const { account, media, mediaType, ...look } = await this.planning.look(
      userId,
      wish,
      circumstances,
      findings,
      body,
    );
    const warnings = [...wishWarnings(body, mediaType, media[0]?.kind ?? null), ...look.warnings];
    if (account) {
      const quota = this.isSoon(wish, scheduledTime) ? await this.quota(account.accountId) : null;
      warnings.push(...accountWarnings(account, quota));
    }
    return { valid: findings.all.length === 0, errors: findings.all, warnings };
  }

  private isSoon({ status }: NewPostBody, scheduledTime: Date | null): boolean {
    if (status === 'draft') return false;
    const now = this.clock.now().getTime();
    return (scheduledTime?.getTime() ?? now) - now < QUOTA_WINDOW_MS;
  }

  private quota(accountId: string): Promise<QuotaUse> {
    return this.transactions.run(async (tx) => {
      const { total, ours, external } = await this.quotas.ledger(tx, accountId);
      return { total, used: ours + external, reserved: await this.quotas.reserved(tx, accountId) };
    });
  }
}

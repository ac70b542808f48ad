import { Injectable } from '@nestjs/common';
import { decodeCursor, encodeCursor } from '../common/cursor';
import { type ListQuery } from '../common/list-query.dto';
import { AuditRepository } from './audit.repository';
import { type AuditPage } from './dto/audit.dto';

const LIST = 'audit';

/** Users read what was done to their own accounts, and by whom. */
@Injectable()
export class AuditService {
  constructor(private readonly audit: AuditRepository) {}

  /** @throws AppError `invalid_cursor` */
  async list(userId: number, { limit, cursor }: ListQuery): Promise<AuditPage> {
    const before = cursor === undefined ? null : decodeCursor(LIST, cursor);
    const rows = await this.audit.ofUser(userId, before, limit + 1);
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    return {
      entries: page.map(({ at, accountId, action, by, detail }) => ({
        at: at.toISOString(),
        account_id: accountId,
        action,
        by,
        detail,
      })),
      next_cursor: rows.length > limit && last ? encodeCursor(LIST, last.id) : null,
    };
  }
}

/** Something that was done to one of your accounts. */
export class AuditEntry {
  /** @example '2026-02-10T06:00:00.000Z' */
  at!: string;
  /**
   * Instagram's id; one with a leading zero stands for an account whose data was erased
   * @example '17841405309211844'
   */
  account_id!: string | null;
  /** @example 'deauthorized' */
  action!: string;
  /**
   * Who did it
   * @example 'meta'
   */
  by!: string;
  /** What else is known of it; never a token */
  detail!: Record<string, unknown>;
}

/** A page of the record, newest first. */
export class AuditPage {
  entries!: AuditEntry[];
  next_cursor!: string | null;
}

import { type DataSource } from 'typeorm';
import { kidOf, type SealedColumn, type SealedValue } from './sealed-columns';

interface Row {
  id: number | string;
  sealed: string;
  row: number | string;
  owner: number | string;
}

/** The sealed values of one column. */
export class SealedValues {
  constructor(
    private readonly dataSource: DataSource,
    readonly of: SealedColumn,
  ) {}

  /** `accounts.access_token` */
  get name(): string {
    return `${this.of.table}.${this.of.column}`;
  }

  /** @returns how many values each key has sealed, by key id */
  async perKey(): Promise<Record<string, number>> {
    const { table, column } = this.of;
    const rows: { kid: string; values: number }[] = await this.dataSource.query(
      `SELECT ${kidOf(column)} AS kid, count(*)::int AS values FROM ${table}
       WHERE ${column} IS NOT NULL GROUP BY 1 ORDER BY 1`,
    );
    return Object.fromEntries(rows.map(({ kid, values }) => [kid, values]));
  }

  /** Some of what this key has sealed. */
  someBy(kid: string, limit: number): Promise<SealedValue[]> {
    return this.read(`${kidOf(this.of.column)} = $1 LIMIT $2`, [kid, limit]);
  }

  /** What other keys than this one have sealed, in the order of ids, from behind `after` on. */
  notBy(kid: string, after: number | string | null, limit: number): Promise<SealedValue[]> {
    const { column, id } = this.of;
    const from = after === null ? '' : `AND ${id} > $3`;
    const values = after === null ? [kid, limit] : [kid, limit, after];
    return this.read(`${kidOf(column)} <> $1 ${from} ORDER BY ${id} LIMIT $2`, values);
  }

  /** Compare and set. @returns whether the value was still the one that was read */
  async replace({ id, sealed }: SealedValue, by: string): Promise<boolean> {
    const { table, column, id: key } = this.of;
    const [, count]: [unknown, number] = await this.dataSource.query(
      `UPDATE ${table} SET ${column} = $3 WHERE ${key} = $1 AND ${column} = $2`,
      [id, sealed, by],
    );
    return count === 1;
  }

  private async read(condition: string, values: unknown[]): Promise<SealedValue[]> {
    const { table, column, id, row, owner } = this.of;
    const rows: Row[] = await this.dataSource.query(
      `SELECT ${id} AS id, ${column} AS sealed, ${row} AS row, ${owner} AS owner FROM ${table}
       WHERE ${column} IS NOT NULL AND ${condition}`,
      values,
    );
    return rows.map((found) => ({
      id: found.id,
      sealed: found.sealed,
      place: { table, column, row: found.row, owner: found.owner },
    }));
  }
}

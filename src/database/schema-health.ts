import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** Whether the database answers and has every table that this code was written for. */
@Injectable()
export class SchemaHealth {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * @returns the migrations that still have to run, by name
   * @throws whatever the driver throws when the database is away
   */
  async pending(): Promise<string[]> {
    const rows: { name: string }[] = await this.dataSource.query('SELECT name FROM migrations');
    const applied = new Set(rows.map(({ name }) => name));
    return this.dataSource.migrations
      .map(({ name, constructor }) => name ?? constructor.name)
      .filter((name) => !applied.has(name));
  }
}

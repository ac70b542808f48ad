import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** Which uploads are still waited for. */
@Injectable()
export class ExpectedUploads {
  constructor(private readonly dataSource: DataSource) {}

  async has(uploadKey: string): Promise<boolean> {
    const rows: unknown[] = await this.dataSource.query(
      `SELECT FROM assets WHERE upload_key = $1 AND status = 'uploading'`,
      [uploadKey],
    );
    return rows.length > 0;
  }
}

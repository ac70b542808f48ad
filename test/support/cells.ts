import { type DataSource } from 'typeorm';

/** One value of one row, as text. */
export interface Cell {
  where: string;
  text: string;
}

/** Everything that PostgreSQL holds, of every table of every schema of ours and of the queue's. */
export async function everyCell(db: Pick<DataSource, 'query'>): Promise<Cell[]> {
  const columns: { place: string; table: string; column: string }[] = await db.query(
    `SELECT format('%s.%s.%s', table_schema, table_name, column_name) AS place,
       format('%I.%I', table_schema, table_name) AS table, format('%I', column_name) AS column
     FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
     WHERE table_schema NOT IN ('pg_catalog', 'information_schema') AND table_type = 'BASE TABLE'
     ORDER BY 1`,
  );
  const cells: Cell[] = [];
  for (const { place, table, column } of columns) {
    const rows: { text: string }[] = await db.query(
      `SELECT ${column}::text AS text FROM ${table} WHERE ${column} IS NOT NULL`,
    );
    cells.push(...rows.map(({ text }) => ({ where: place, text })));
  }
  return cells;
}

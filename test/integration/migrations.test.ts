import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../../src/database/data-source';
import { migrate } from '../../src/database/migrations';
import { migrateQueue } from '../../src/queue/queue-schema';
import { createDatabase, type TestDatabase } from '../support/database';
import { testSettings } from '../support/settings';

/** Everything that a migration can leave behind, one line each. */
const SCHEMA = `
  SELECT 'column ' || table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable
      || ' ' || coalesce(column_default, identity_generation, generation_expression, '') AS line
    FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'migrations'
  UNION ALL SELECT 'constraint ' || conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND conrelid <> coalesce(to_regclass('migrations'), 0)
  UNION ALL SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'migrations'
  UNION ALL SELECT 'trigger ' || pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
  UNION ALL SELECT 'function ' || p.oid::regprocedure || ' ' || prosrc FROM pg_proc p
    WHERE pronamespace = 'public'::regnamespace
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
  UNION ALL SELECT 'type ' || typname FROM pg_type WHERE typnamespace = 'public'::regnamespace AND typtype IN ('e', 'd')
  UNION ALL SELECT 'sequence ' || relname FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'S' AND relname <> 'migrations_id_seq'
  ORDER BY 1`;

let database: TestDatabase;

beforeEach(async () => {
  database = await createDatabase({ empty: true });
});

afterEach(() => database.drop());

/** With the first `count` migrations, or all. */
async function connected<T>(work: (dataSource: DataSource) => Promise<T>, count?: number): Promise<T> {
  const options = dataSourceOptions(testSettings({ databaseUrl: database.url }));
  const migrations = (options.migrations as string[]).slice(0, count);
  const dataSource = await new DataSource({ ...options, migrations }).initialize();
  try {
    return await work(dataSource);
  } finally {
    await dataSource.destroy();
  }
}

async function schema(dataSource: DataSource): Promise<string[]> {
  const rows: { line: string }[] = await dataSource.query(SCHEMA);
  return rows.map(({ line }) => line);
}

test('every migration can be taken back, and done again', async () => {
  const total = await connected((dataSource) => Promise.resolve(dataSource.migrations.length));
  const after: string[][] = [await connected(schema, 0)];
  for (let count = 1; count <= total; count++)
    after.push(await connected((dataSource) => dataSource.runMigrations().then(() => schema(dataSource)), count));

  await connected(async (dataSource) => {
    for (let left = total - 1; left >= 0; left--) {
      await dataSource.undoLastMigration({ transaction: 'each' });
      expect(await schema(dataSource)).toEqual(after[left]);
    }
    await dataSource.runMigrations();
    expect(await schema(dataSource)).toEqual(after[total]);
  });
  expect(after[0]).toEqual([]);
  expect(after[total]).toContainEqual(expect.stringContaining('column posts.'));
});

test('several processes that migrate at once do the work once', async () => {
  const settings = testSettings({ databaseUrl: database.url });
  const [total, ...applied] = await Promise.all([
    connected((dataSource) => Promise.resolve(dataSource.migrations.length)),
    ...Array.from({ length: 4 }, () => migrate(settings)),
  ]);
  expect(applied.map((names) => names.length).sort()).toEqual([0, 0, 0, total]);
});

test("the queue's own tables are made beside ours, any number of times", async () => {
  const settings = testSettings({ databaseUrl: database.url });
  const version = await migrateQueue(settings);
  expect(version).toBeGreaterThan(0);
  expect(await Promise.all([migrateQueue(settings), migrateQueue(settings)])).toEqual([version, version]);
});

test('the template that test files clone has all migrations', async () => {
  const clone = await createDatabase();
  try {
    expect(await migrate(testSettings({ databaseUrl: clone.url }))).toEqual([]);
  } finally {
    await clone.drop();
  }
});

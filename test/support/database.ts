import { randomBytes } from 'node:crypto';
import { Client, DatabaseError } from 'pg';

export interface TestDatabase {
  url: string;
  /** Ends all sessions on it, then removes it. */
  drop(): Promise<void>;
}

const BEING_ACCESSED = '55006';
const ATTEMPTS = 50;

/**
 * A database of this test file's own: a clone of the migrated template (test/support/global-setup.js), or an empty one.
 * `afterAll(() => database.drop())`.
 */
export async function createDatabase({ empty = false } = {}): Promise<TestDatabase> {
  const { TEST_DATABASE_URL: server, TEST_TEMPLATE: migrated } = process.env;
  if (!server || !migrated) throw new Error('Run this through jest.config.js: its global setup starts PostgreSQL');
  // The time in the name tells a later run what a killed one left behind (scripts/test-template.mjs).
  const name = `igp_t_${Math.floor(Date.now() / 1000)}_${randomBytes(6).toString('hex')}`;
  await onServer(server, (client) => create(client, name, empty ? 'template0' : migrated));
  const url = new URL(server);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    drop: () => onServer(server, (client) => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)),
  };
}

/** Two clones at once may meet while PostgreSQL looks whether somebody uses the template. */
async function create(client: Client, name: string, template: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await client.query(`CREATE DATABASE ${name} TEMPLATE ${template}`);
      return;
    } catch (error) {
      const busy = error instanceof DatabaseError && error.code === BEING_ACCESSED;
      if (!busy || attempt === ATTEMPTS) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

async function onServer(url: string, work: (client: Client) => Promise<unknown>): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

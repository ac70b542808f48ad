import { randomBytes } from 'node:crypto';
import { DataSource } from 'typeorm';
import { Log } from '../../src/common/log';
import { Secret } from '../../src/common/secret';
import { Vault, type VaultKey } from '../../src/common/vault';
import { dataSourceOptions } from '../../src/database/data-source';
import { checkKeys } from '../../src/database/key-check';
import { rotateKeys } from '../../src/database/key-rotation';
import { SEALED_COLUMNS } from '../../src/database/sealed-columns';
import { createDatabase, type TestDatabase } from '../support/database';
import { testEnv, testSettings } from '../support/settings';
import { endWorkerProcesses, spawnWorkerProcess } from '../support/worker-process';

const ACCOUNTS = 450;
const [K1, K2]: [VaultKey, VaultKey] = [
  { kid: 'k_2025', key: randomBytes(32) },
  { kid: 'k_2026', key: randomBytes(32) },
];
const before = new Vault([K1]);
const during = new Vault([K2, K1]);
const after = new Vault([K2]);

let database: TestDatabase;
let db: DataSource;
let userId: number;
let lines: string[] = [];
const log = new Log('info', 'test', { write: (line) => void lines.push(line) });

beforeEach(async () => {
  lines = [];
  database = await createDatabase();
  db = await new DataSource(dataSourceOptions(testSettings({ databaseUrl: database.url }))).initialize();
  const [user] = await db.query(`INSERT INTO users (email, password_hash) VALUES ('a@b.c', 'x') RETURNING id`);
  userId = user.id;
});
afterEach(async () => {
  await db.destroy();
  await database.drop();
});
afterAll(endWorkerProcesses);

const accountId = (i: number) => String(17841400000000000n + BigInt(i));
const placeOf = (i: number) => ({
  table: 'accounts',
  column: 'access_token',
  row: accountId(i),
  owner: userId,
});

async function connect(count: number, vault: Vault): Promise<void> {
  const numbers = Array.from({ length: count }, (_, i) => i);
  await db.query(
    `INSERT INTO accounts (user_id, account_id, login, access_token, connected_at)
     SELECT $1, a, 'facebook', t, now() FROM unnest($2::text[], $3::text[]) AS n(a, t)`,
    [userId, numbers.map(accountId), numbers.map((i) => vault.seal(new Secret(`EAA-${i}-v0`), placeOf(i)))],
  );
}

async function tokens(vault: Vault): Promise<string[]> {
  const rows: { i: string; sealed: string }[] = await db.query(
    `SELECT account_id::numeric - 17841400000000000 AS i, access_token AS sealed FROM accounts
     WHERE access_token IS NOT NULL ORDER BY account_id`,
  );
  return rows.map(({ i, sealed }) => vault.open(sealed, placeOf(Number(i))).reveal());
}

const ring = (...keys: VaultKey[]) => keys.map(({ kid, key }) => `${kid}:${key.toString('base64')}`).join(',');

async function run(entry: string, keys: string): Promise<{ code: number | null; output: string }> {
  const child = spawnWorkerProcess(testEnv(database.url, { ENCRYPTION_KEYS: keys }), entry);
  const { code } = await child.exited;
  return { code, output: child.output() };
}

describe('a rotation of the keys', () => {
  test('leaves nothing on the old key, and overwrites nothing that was written meanwhile', async () => {
    await checkKeys(db, before);
    await connect(ACCOUNTS, before);

    // Processes that were restarted, and one that was not yet, refresh and disconnect while the keys are rotated.
    const newest = new Map<number, string>();
    let rotating = true;
    // Each writer has every third account, so that the newest token of each is known.
    const write = async (vault: Vault, first: number, most: number) => {
      for (let version = 1; version <= most && (rotating || version <= 3); version++)
        for (let i = first; i < ACCOUNTS; i += 30) {
          const token = `EAA-${i}-v${version}`;
          await db.query('UPDATE accounts SET access_token = $2 WHERE account_id = $1', [
            accountId(i),
            vault.seal(new Secret(token), placeOf(i)),
          ]);
          newest.set(i, token);
        }
    };
    const disconnect = async () => {
      for (let i = 2; i < ACCOUNTS; i += 30)
        await db.query('UPDATE accounts SET access_token = NULL, disconnected_at = now() WHERE account_id = $1', [
          accountId(i),
        ]);
    };
    const rotation = rotateKeys(db, during, log).finally(() => (rotating = false));
    const [result] = await Promise.all([rotation, write(during, 0, 1_000), write(before, 1, 2), disconnect()]);

    expect(result).toMatchObject({ unopened: [] });
    // What the slow one wrote after the last look is found by the next run.
    const { complete, counts } = await rotateKeys(db, during, log);
    expect(complete).toBe(true);
    expect(Object.keys(counts['accounts.access_token'] ?? {})).toEqual([K2.kid]);

    await checkKeys(db, after);
    const opened = await tokens(after);
    const open = new Map(opened.map((token) => [Number(token.split('-')[1]), token]));
    expect(opened).toHaveLength(ACCOUNTS - ACCOUNTS / 30);
    for (const [i, token] of open) expect(token).toBe(newest.get(i) ?? `EAA-${i}-v0`);
    expect(lines.join()).not.toContain('EAA-');
  });

  test('by hand, step by step: both keys, npm run keys:rotate, the old one away', async () => {
    await checkKeys(db, before);
    await connect(5, before);
    const rotated = await run('src/keys-rotate.ts', ring(K2, K1));
    expect(rotated).toMatchObject({ code: 0 });
    expect(rotated.output).toContain('"keys.resealing"');
    expect(JSON.parse(rotated.output.trim().split('\n').at(-1) ?? '')).toMatchObject({
      event: 'keys.rotated',
      sealing_key: K2.kid,
      resealed: 5,
      values_per_key: { 'accounts.access_token': { [K2.kid]: 5 } },
    });
    expect(await db.query('SELECT kid FROM vault_canary')).toEqual([{ kid: K2.kid }]);
    await checkKeys(db, after);
    expect(await tokens(after)).toHaveLength(5);
  });

  test('that cannot open a value says which, changes no other, and ends with 1', async () => {
    await checkKeys(db, before);
    await connect(3, before);
    await db.query(`UPDATE accounts SET account_id = '99' WHERE account_id = $1`, [accountId(1)]);
    const [{ id }] = await db.query(`SELECT id FROM accounts WHERE account_id = '99'`);
    const { code, output } = await run('src/keys-rotate.ts', ring(K2, K1));
    expect(code).toBe(1);
    expect(output).toContain(`accounts.access_token ${id}`);
    expect(output).toContain('1 stored value(s) open with none of ENCRYPTION_KEYS');
    const kids = await db.query('SELECT kid FROM vault_canary ORDER BY kid');
    expect(kids).toEqual([{ kid: K1.kid }, { kid: K2.kid }]);
    await expect(checkKeys(db, after)).rejects.toThrow(`lacks the key "${K1.kid}"`);
  });
});

describe('a process that starts', () => {
  const imposter: VaultKey = { kid: K1.kid, key: randomBytes(32) };

  test.each(['src/main.ts', 'src/worker.ts'])('with a wrong key ends at once and says why: %s', async (entry) => {
    await checkKeys(db, before);
    const { code, output } = await run(entry, ring(imposter));
    expect(code).toBe(1);
    expect(output.trim().split('\n').at(-1)).toMatch(
      new RegExp(`^Not started\\. ENCRYPTION_KEYS has a wrong key under the id "${K1.kid}".*docs/security\\.md.*$`),
    );
    expect(output).not.toContain(imposter.key.toString('base64'));
  });

  test('without a key that still has work to do is refused', async () => {
    await checkKeys(db, before);
    await connect(1, before);
    await expect(checkKeys(db, after)).rejects.toThrow(`lacks the key "${K1.kid}"`);
    // Nor does it leave a canary that would vouch for it.
    expect(await db.query('SELECT kid FROM vault_canary')).toEqual([{ kid: K1.kid }]);
  });

  test('finds a wrong key also where nobody has left a canary yet', async () => {
    await connect(1, before);
    await expect(checkKeys(db, new Vault([imposter]))).rejects.toThrow('wrong key');
    await checkKeys(db, before);
  });

  test('goes on when one row alone is damaged', async () => {
    await connect(3, before);
    await db.query(`UPDATE accounts SET access_token = access_token || 'x' WHERE account_id = $1`, [accountId(0)]);
    await checkKeys(db, before);
  });

  test('with two keys can open and does not need the second once it is retired', async () => {
    await checkKeys(db, before);
    await checkKeys(db, during);
    await rotateKeys(db, during, log);
    await checkKeys(db, during);
    await checkKeys(db, after);
  });

  test('among many: one canary is written, and only one key can win', async () => {
    const many = Array.from({ length: 24 }, (_, i) => new Vault([i % 2 ? K1 : imposter]));
    const outcomes = await Promise.allSettled(many.map((vault) => checkKeys(db, vault)));
    const failed = outcomes.map(({ status }) => status === 'rejected');
    expect(failed.filter(Boolean)).toHaveLength(12);
    expect(new Set(failed.filter((_, i) => i % 2 === 1)).size).toBe(1);
    expect(await db.query('SELECT count(*)::int AS canaries FROM vault_canary')).toEqual([{ canaries: 1 }]);
  });

  test('before its migrations is told to run them', async () => {
    await db.query('DROP TABLE vault_canary');
    await expect(checkKeys(db, before)).rejects.toThrow('run npm run migrate first');
  });
});

test('every column that is made for sealed values is registered for rotation', async () => {
  // Sealed for some minutes only, or (the canary) by keys:rotate itself.
  const shortLived = ['vault_canary.sealed', 'account_selections.'];
  const rows: { name: string }[] = await db.query(
    `SELECT conrelid::regclass || '.' || a.attname AS name FROM pg_constraint c
     JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)
     WHERE contype = 'c' AND pg_get_constraintdef(c.oid) LIKE '%''v1.\\%''%'`,
  );
  const names = rows.map(({ name }) => name).filter((name) => !shortLived.some((one) => name.startsWith(one)));
  expect(names).toContain('accounts.access_token');
  expect(names.sort()).toEqual(SEALED_COLUMNS.map(({ table, column }) => `${table}.${column}`).sort());
});

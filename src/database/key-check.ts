import { type DataSource } from 'typeorm';
import { Secret } from '../common/secret';
import { type SealedPlace, type Vault } from '../common/vault';
import { SEALED_COLUMNS } from './sealed-columns';
import { SealedValues } from './sealed-values';

const CANARY = new Secret('this key is the right one');
const SAMPLE = 5;
const UNDEFINED_TABLE = '42P01';
const HELP = 'docs/security.md says what to do when a key is lost.';

/**
 * Refuses wrong keys before anything is read or overwritten with them: every key that has sealed something here must be
 * among ours, with the same bytes. The first start with a new sealing key leaves its canary. Safe with any number of
 * processes at once: one of them writes, all of them read what was written.
 * @throws Error one sentence: what is wrong, and what to do
 */
export async function checkKeys(dataSource: DataSource, vault: Vault): Promise<void> {
  try {
    const proved = new Set<string>();
    for (const { kid, sealed } of await canaries(dataSource)) {
      mustOpen(vault, kid, [{ sealed, place: placeOf(kid) }]);
      proved.add(kid);
    }
    await checkStoredValues(dataSource, vault, proved);
    await leaveCanary(dataSource, vault);
  } catch (error) {
    if ((error as { code?: unknown }).code !== UNDEFINED_TABLE) throw error;
    throw new Error('The database is not up to date: run npm run migrate first.', { cause: error });
  }
}

async function canaries(dataSource: DataSource): Promise<{ kid: string; sealed: string }[]> {
  return dataSource.query('SELECT kid, sealed FROM vault_canary ORDER BY kid');
}

/** Keys without a canary: data from before there were canaries, and a key that was taken away too early. */
async function checkStoredValues(dataSource: DataSource, vault: Vault, proved: ReadonlySet<string>): Promise<void> {
  for (const column of SEALED_COLUMNS) {
    const values = new SealedValues(dataSource, column);
    for (const kid of Object.keys(await values.perKey()))
      if (!proved.has(kid)) mustOpen(vault, kid, await values.someBy(kid, SAMPLE));
  }
}

async function leaveCanary(dataSource: DataSource, vault: Vault): Promise<void> {
  const kid = vault.activeKid;
  await dataSource.query('INSERT INTO vault_canary (kid, sealed) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
    kid,
    vault.seal(CANARY, placeOf(kid)),
  ]);
  // Somebody else may have been first, with another key under the same id.
  for (const one of await canaries(dataSource))
    if (one.kid === kid) mustOpen(vault, kid, [{ sealed: one.sealed, place: placeOf(kid) }]);
}

/** One that opens proves the key; a single damaged row must not keep everybody from working. */
function mustOpen(vault: Vault, kid: string, samples: { sealed: string; place: SealedPlace }[]): void {
  if (!vault.knows(kid))
    throw new Error(
      `ENCRYPTION_KEYS lacks the key "${kid}", which has sealed what this database holds: add it again (last, to open only). ${HELP}`,
    );
  if (samples.length === 0 || samples.some(({ sealed, place }) => opens(vault, sealed, place))) return;
  throw new Error(
    `ENCRYPTION_KEYS has a wrong key under the id "${kid}": it does not open what was sealed with "${kid}" in this database. ` +
      `Put the right key there, or the right DATABASE_URL. ${HELP}`,
  );
}

function opens(vault: Vault, sealed: string, place: SealedPlace): boolean {
  try {
    vault.open(sealed, place);
    return true;
  } catch {
    return false;
  }
}

function placeOf(kid: string): SealedPlace {
  return { table: 'vault_canary', column: 'sealed', row: kid, owner: 'installation' };
}

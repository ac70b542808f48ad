import { type DataSource } from 'typeorm';
import { type Log } from '../common/log';
import { type Vault } from '../common/vault';
import { checkKeys } from './key-check';
import { SEALED_COLUMNS } from './sealed-columns';
import { SealedValues } from './sealed-values';

const BATCH = 200;
/** Enough for what others sealed with the old key while we walked; more means that somebody still seals with it. */
const MOST_ROUNDS = 5;

/** How many values each key has sealed, by column and key id. */
export type KeyCounts = Record<string, Record<string, number>>;

export interface RotationResult {
  /** Whether every stored value is sealed by the first key now. */
  complete: boolean;
  resealed: number;
  /** Values that none of our keys opens, as `table.column id`. */
  unopened: string[];
  counts: KeyCounts;
}

/**
 * Seals every stored value anew with the first key, one by one by compare-and-set, while everything else runs: what
 * somebody else wrote meanwhile stays, and is looked at again. When none is left on another key, those keys' canaries go.
 */
export async function rotateKeys(dataSource: DataSource, vault: Vault, log: Log): Promise<RotationResult> {
  await checkKeys(dataSource, vault);
  let resealed = 0;
  let unopened: string[] = [];
  let counts: KeyCounts = {};
  for (let round = 1; round <= MOST_ROUNDS; round++) {
    unopened = [];
    for (const column of SEALED_COLUMNS) {
      const walked = await resealColumn(new SealedValues(dataSource, column), vault, log);
      resealed += walked.resealed;
      unopened.push(...walked.unopened);
    }
    counts = await countKeys(dataSource);
    if (isComplete(counts, vault.activeKid)) {
      await dataSource.query('DELETE FROM vault_canary WHERE kid <> $1', [vault.activeKid]);
      return { complete: true, resealed, unopened, counts };
    }
  }
  return { complete: false, resealed, unopened, counts };
}

async function resealColumn(
  values: SealedValues,
  vault: Vault,
  log: Log,
): Promise<{ resealed: number; unopened: string[] }> {
  let resealed = 0;
  const unopened: string[] = [];
  let after: number | string | null = null;
  for (;;) {
    const batch = await values.notBy(vault.activeKid, after, BATCH);
    for (const value of batch) {
      const anew = resealedOrNull(vault, value);
      if (anew === null) unopened.push(`${values.name} ${value.id}`);
      else if (await values.replace(value, anew)) resealed += 1;
    }
    if (batch.length > 0) log.info('keys.resealing', { column: values.name, resealed, unopened: unopened.length });
    if (batch.length < BATCH) return { resealed, unopened };
    after = batch.at(-1)?.id ?? null;
  }
}

function resealedOrNull(vault: Vault, { sealed, place }: { sealed: string; place: Parameters<Vault['open']>[1] }) {
  try {
    return vault.seal(vault.open(sealed, place), place);
  } catch {
    return null;
  }
}

async function countKeys(dataSource: DataSource): Promise<KeyCounts> {
  const counts: KeyCounts = {};
  for (const column of SEALED_COLUMNS) {
    const values = new SealedValues(dataSource, column);
    counts[values.name] = await values.perKey();
  }
  return counts;
}

function isComplete(counts: KeyCounts, activeKid: string): boolean {
  return Object.values(counts).every((perKey) => Object.keys(perKey).every((kid) => kid === activeKid));
}

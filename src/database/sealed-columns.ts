import { type SealedPlace } from '../common/vault';

/** A column that holds sealed values. All names are SQL, and ours. */
export interface SealedColumn {
  table: string;
  column: string;
  /** The primary key, one column. */
  id: string;
  /** The columns that a value is bound to, besides its place: what `SealedPlace` calls row and owner. */
  row: string;
  owner: string;
}

/** A sealed value, and the place it was sealed for. */
export interface SealedValue {
  id: number | string;
  sealed: string;
  place: SealedPlace;
}

/**
 * Every column whose values outlive a rotation of the keys. A room that seals something new adds its column here, in the
 * change that adds the column; a test finds those that were forgotten. What is sealed for minutes only may be left out.
 */
export const SEALED_COLUMNS: readonly SealedColumn[] = [
  { table: 'accounts', column: 'access_token', id: 'id', row: 'account_id', owner: 'user_id' },
];

/** The key id as `v1.<kid>.…` writes it. Not LIKE: key ids may have an underscore. */
export const kidOf = (column: string): string => `split_part(${column}, '.', 2)`;

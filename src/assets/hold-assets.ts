import type { EntityManager } from 'typeorm';
import { notFound } from '../common/app-error';

/**
 * Keeps the assets of a post from being deleted or cleared away until the transaction that stores the post has ended;
 * from then on the post itself does (asset-removal.ts).
 * @throws AppError `not_found` when one of them is gone already
 */
export async function holdAssets(tx: EntityManager, items: readonly { asset_id: number | null }[]): Promise<void> {
  const ids = [...new Set(items.flatMap(({ asset_id }) => asset_id ?? []))];
  if (ids.length === 0) return;
  const held: unknown[] = await tx.query(
    `SELECT id FROM assets WHERE id = ANY($1) AND status <> 'expired' ORDER BY id FOR SHARE`,
    [ids],
  );
  if (held.length < ids.length) throw notFound('asset');
}

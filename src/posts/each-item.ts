import { AppError } from '../common/app-error';
import { itemName } from './carousel-rules';

/**
 * Does the same to every item of a carousel, side by side.
 * @throws AppError of the first item that something is wrong with, saying which it is; `errors` tells of all of them
 */
export async function eachItem<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const refused: { index: number; error: AppError }[] = [];
  const results = await Promise.all(
    items.map(async (item, index) => {
      try {
        return [await work(item)];
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        refused.push({ index, error });
        return [];
      }
    }),
  );
  const [first, ...others] = refused.sort((one, other) => one.index - other.index);
  if (!first) return results.flatMap((result) => result);
  const errors = [first, ...others].flatMap(({ index, error }) =>
    (error.extras.errors ?? [{ message: error.detail }]).map(({ message }) => ({
      pointer: `/items/${index}`,
      message,
    })),
  );
  const { error, index } = first;
  throw new AppError(error.errorType, `${itemName(index, items.length)}: ${error.detail}`, { ...error.extras, errors });
}

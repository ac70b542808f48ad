import type { RuleProblem } from './post-rules';

export const BATCH_LIMIT = 100;

/** A create body as it was sent: anything. Or why there can't be one. */
export type BatchItem = { body: unknown } | { problems: RuleProblem[] };

/** What a batch wants made, in order; or why it is no batch at all. */
export type BatchForm = { items: BatchItem[] } | { problems: RuleProblem[] };

/** `{posts: […]}`, or one create body for several `account_ids`. What is wrong with an item is left for that item to tell. */
export function readBatch(body: unknown): BatchForm {
  if (!isObject(body)) return refused('', 'the body must be a JSON object');
  // A null is none.
  const { posts = null, account_ids = null, ...shared } = body;
  if (posts === null && account_ids === null) return refused('', 'one of posts, account_ids is needed');
  if (posts !== null && account_ids !== null)
    return { problems: ['/posts', '/account_ids'].map((pointer) => ({ pointer, message: ONLY_ONE })) };
  return posts === null ? forAccounts(account_ids, shared) : eachPost(posts, Object.keys(shared));
}

function eachPost(posts: unknown, others: string[]): BatchForm {
  const problems = others.map((name) => ({
    pointer: `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`,
    message: 'is not a field of this request; it belongs to each of the posts',
  }));
  if (!Array.isArray(posts) || problems.length > 0)
    return { problems: [...listProblems('/posts', posts), ...problems] };
  return listed('/posts', posts, (post) => ({ body: post }));
}

function forAccounts(ids: unknown, shared: Record<string, unknown>): BatchForm {
  if ((shared.account_id ?? null) !== null)
    return refused('/account_id', 'account_ids names the accounts; leave account_id out');
  return listed('/account_ids', ids, (id) =>
    // A null would mean the default account.
    typeof id === 'string'
      ? { body: { ...shared, account_id: id } }
      : refused('/account_id', 'must be a string of digits'),
  );
}

function listed(pointer: string, list: unknown, itemOf: (one: unknown) => BatchItem): BatchForm {
  const problems = listProblems(pointer, list);
  return problems.length > 0 ? { problems } : { items: (list as unknown[]).map(itemOf) };
}

function listProblems(pointer: string, list: unknown): RuleProblem[] {
  if (!Array.isArray(list)) return [{ pointer, message: 'must be an array' }];
  if (list.length >= 1 && list.length <= BATCH_LIMIT) return [];
  return [{ pointer, message: `has ${list.length} elements; a batch takes 1 to ${BATCH_LIMIT}` }];
}

function refused(pointer: string, message: string): { problems: RuleProblem[] } {
  return { problems: [{ pointer, message }] };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const ONLY_ONE = 'only one of posts, account_ids may be given';

/** Nothing happens to such posts any more; a failed or missed one may be retried, which tells of a file that is gone. */
const ENDED = `('completed', 'failed', 'canceled', 'missed')`;

/** SQL over the row `a` of assets: the posts `p` that show it. */
export const POSTS_OF_ASSET = `FROM posts p WHERE jsonb_path_query_array(p.items, '$[*].asset_id') @> to_jsonb(a.id)`;

/** SQL, after POSTS_OF_ASSET: those that still need its file. One that needs review may turn out not to be live. */
export const STILL_OPEN = `AND p.status NOT IN ${ENDED}`;

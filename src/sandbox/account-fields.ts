import { type FieldTable, project, type WantedField } from './fields';
import { type GraphCall } from './graph-call';
import { writeMedia } from './media-fields';
import { type SandboxState } from './state';
import { type Account } from './world';

interface View {
  state: SandboxState;
  call: GraphCall;
}

/** The first items of an edge that was asked for as a field: `media.limit(3){id,caption}`. */
function firstOf<T>(items: T[], wanted: WantedField, write: (item: T) => unknown): { data: unknown[] } {
  const limit = Number(wanted.args['limit'] ?? 25);
  return { data: items.slice(0, Number.isFinite(limit) ? limit : 25).map(write) };
}

const shared: FieldTable<Account, View> = {
  username: (account) => account.username,
  name: (account) => account.name,
  biography: (account) => account.biography || undefined,
  website: () => undefined,
  followers_count: (account) => account.followers_count,
  follows_count: (account) => account.follows_count,
  media_count: (account, { state }) => state.media.countOf(account.id),
  profile_picture_url: (account, { state }) => `${state.publicUrl}/files/avatars/${account.id}.jpg`,
  media: (account, view, wanted) => {
    const live = view.state.media.feedOf(account.id).filter((media) => !media.deleted);
    return firstOf(live.reverse(), wanted, (media) => writeMedia(view.state, view.call, media, wanted.inner ?? []));
  },
};

/** IG User on graph.facebook.com. */
const facebook: FieldTable<Account, View> = {
  ...shared,
  id: (account) => account.id,
  // The legacy number behind the id; small enough for a JSON number, and recorded as one.
  ig_id: (account) => Number(BigInt(account.id) % 10_000_000_000n),
};

/** `/me` on graph.instagram.com: `id` is the app-scoped id, `user_id` the one in paths and webhooks (§1b). */
const instagram: FieldTable<Account, View> = {
  ...shared,
  id: (account) => account.app_scoped_id,
  user_id: (account) => account.id,
  account_type: (account) => account.account_type,
};

/** The account as the API of the call's login shows it. */
export function writeAccount(
  state: SandboxState,
  call: GraphCall,
  account: Account,
  wanted: WantedField[],
): Record<string, unknown> {
  const table = call.login === 'instagram' ? instagram : facebook;
  return project(account, wanted, table, { state, call }, 'IGUser');
}

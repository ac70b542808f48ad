import { type Answer, type Client, type House } from '../support/app';
import { FACEBOOK_APP } from '../support/sandbox';

/** Two people of the emulator's world: Ada has the bakery and the travel account, Grace the gallery. */
export const ADA = '122000000000000001';
export const GRACE = '122000000000000003';

const SCOPES = 'instagram_basic,instagram_content_publish,pages_show_list,pages_read_engagement';

interface Consent {
  person?: string;
  scope?: string;
  /** The one Page that is ticked; left out: all of them. */
  page?: string;
}

/** The code that Facebook's login dialog sends back once `person` has agreed. */
export async function loginCode(house: House, { person = GRACE, scope = SCOPES, page }: Consent = {}): Promise<string> {
  const asked = {
    client_id: FACEBOOK_APP.id,
    redirect_uri: `${house.url}/callback`,
    response_type: 'code',
    scope,
    person_id: person,
    auto_approve: '1',
  };
  const { headers } = await house.sandbox.call('GET', '/v25.0/dialog/oauth', {
    ...asked,
    ...(page !== undefined && { page_ids: page }),
  });
  return new URL(headers.get('Location') ?? '').searchParams.get('code') ?? '';
}

/** Connects the account with a token of its own. */
export function connect(house: House, user: Client, account_id: string): Promise<Answer> {
  return user.post('/api/instagram/manual-connect', { account_id, access_token: house.sandbox.token(account_id) });
}

/** The user's accounts as the database has them, oldest first. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- rows as they are
export function rowsOf(house: House, user: Client): Promise<any[]> {
  return house.query('SELECT * FROM accounts WHERE user_id = $1 ORDER BY id', [user.userId]);
}

export function eventsOf(house: House, user: Client): Promise<unknown[]> {
  return house.query('SELECT type, account_id, data FROM events WHERE user_id = $1 ORDER BY id', [user.userId]);
}

import { randomBytes } from 'node:crypto';
import { Advice } from '../output.mjs';
import { keepSecrets } from './config.mjs';

/** Signs in as the demo's user, who is registered the first time. */
export async function signIn(client, { email, password }, secrets) {
  const user = { email, password };
  try {
    await client.post('/api/auth/register', user);
  } catch (error) {
    if (error.status !== 409) throw error;
  }
  try {
    client.token = (await client.post('/api/auth/login', user)).access_token;
  } catch (error) {
    if (error.status !== 401) throw error;
    // The database knows this user by another password, e.g. since .data/demo.env was deleted: be somebody new.
    user.email = `demo-${randomBytes(4).toString('hex')}@example.com`;
    keepSecrets({ ...secrets, DEMO_EMAIL: user.email });
    await client.post('/api/auth/register', user);
    client.token = (await client.post('/api/auth/login', user)).access_token;
  }
  return user.email;
}

/** Connects an account as a person does: the dialog that our API names, a click on Allow, back with a code. */
export async function connectAccount(client) {
  const connect = async (account) => {
    const { auth_url, state } = await client.get('/api/instagram/oauth/authorize');
    return client.post('/api/instagram/connect', { code: await allow(new URL(auth_url)), state, ...account });
  };
  try {
    return await connect({});
  } catch (error) {
    const [first] = error.body?.available_accounts ?? [];
    if (error.body?.error_type !== 'account_selection_required' || !first) throw error;
    return connect({ account_id: first.account_id });
  }
}

/** Ticks the first Page that has a professional account and clicks Allow. */
async function allow(dialog) {
  const page = await (await fetch(dialog)).text();
  const labels = page.split('<label').filter((label) => /<small>@/.test(label));
  const [pageId] = labels.map((label) => /name="page_ids" value="(\d+)"/.exec(label)?.[1]).filter(Boolean);
  const person = /name="person_id" value="(\d+)"/.exec(page)?.[1];
  if (!pageId || !person) throw new Advice(`The emulator's login dialog at ${dialog} has no Page to choose.`);
  const form = new URLSearchParams({ decision: 'approve', person_id: person, page_ids: pageId });
  const answer = await fetch(dialog, { method: 'POST', body: form, redirect: 'manual' });
  const code = new URL(answer.headers.get('location') ?? 'x:').searchParams.get('code');
  if (!code) throw new Advice(`The emulator's login dialog answered ${answer.status} without a code.`);
  return code;
}

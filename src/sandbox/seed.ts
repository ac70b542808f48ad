import { type App, type World } from './world';

/** The pair for Facebook Login (Meta app id and secret). */
export const FACEBOOK_APP: App = { id: '1000000000000001', secret: 'sandbox-app-secret', name: 'Sandbox Publisher' };
/** The pair for Instagram Login. */
export const INSTAGRAM_APP: App = {
  id: '2000000000000001',
  secret: 'sandbox-instagram-secret',
  name: 'Sandbox Publisher',
};

/**
 * The world one starts with: a person with two Instagram accounts, a Page without one and a Page with a personal
 * account, an account that has Instagram Login only, and a second person with an account of her own.
 */
export function seedWorld(world: World, facebookApp: App, instagramApp: App): void {
  for (const app of [facebookApp, instagramApp]) world.apps.set(app.id, app);

  const ada = world.addPerson('Ada Baker', '122000000000000001');
  const bakery = world.addAccount({
    id: '17841400000000001',
    app_scoped_id: '27640875392278831',
    username: 'sandbox.bakery',
    name: 'Sandbox Bakery',
    biography: 'Bread that does not exist, baked fresh every morning. 🥐',
    followers_count: 12_840,
    follows_count: 312,
  });
  const travel = world.addAccount({
    id: '17841400000000003',
    app_scoped_id: '27640875392278833',
    username: 'sandbox.travel',
    name: 'Sandbox Travel',
    biography: 'Postcards from localhost. ✈️',
    account_type: 'MEDIA_CREATOR',
    followers_count: 48_213,
    follows_count: 97,
  });
  const personal = world.addAccount({
    id: '17841400000000009',
    app_scoped_id: '27640875392278839',
    username: 'sandbox.personal',
    name: 'Just Ada',
    account_type: 'PERSONAL',
    followers_count: 87,
  });
  world.addPage('Sandbox Bakery', ada, bakery, { id: '104000000000001', category: 'Bakery' });
  world.addPage('Sandbox Travel', ada, travel, { id: '104000000000003', category: 'Travel company' });
  world.addPage('Sandbox Notes', ada, null, { id: '104000000000005', category: 'Blogger' });
  world.addPage('Ada’s Corner', ada, personal, { id: '104000000000009', category: 'Personal blog' });

  world.addAccount({
    id: '17841400000000005',
    app_scoped_id: '27640875392278835',
    username: 'sandbox.studio',
    name: 'Sandbox Studio',
    biography: 'Instagram Login only: there is no Facebook Page behind this account.',
    account_type: 'MEDIA_CREATOR',
    followers_count: 3_071,
    follows_count: 140,
  });

  const grace = world.addPerson('Grace Miller', '122000000000000003');
  const gallery = world.addAccount({
    id: '17841400000000007',
    app_scoped_id: '27640875392278837',
    username: 'sandbox.gallery',
    name: 'Sandbox Gallery',
    biography: 'Somebody else’s account, to see that nobody else can reach it.',
    followers_count: 940,
    follows_count: 77,
  });
  world.addPage('Sandbox Gallery', grace, gallery, { id: '104000000000007', category: 'Art gallery' });
}

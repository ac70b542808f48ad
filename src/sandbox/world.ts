import { type Ids } from './ids';

/** A Meta app. Facebook Login and Instagram Login have a pair of id and secret each. */
export interface App {
  id: string;
  secret: string;
  name: string;
}

/** Someone with a Facebook login. */
export interface Person {
  id: string;
  name: string;
}

/** A business portfolio of a person's. */
export interface Business {
  id: string;
  name: string;
  person_id: string;
}

/** A Facebook Page; `tasks` says per person id what that person may do with it. */
export interface Page {
  id: string;
  name: string;
  category: string;
  account_id: string | null;
  tasks: Map<string, string[]>;
  /** Reached through a portfolio only: such a Page is not in `/me/accounts`. */
  business: { id: string; edge: 'owned_pages' | 'client_pages' } | null;
}

export type AccountType = 'BUSINESS' | 'MEDIA_CREATOR' | 'PERSONAL';

/** An Instagram account. `id` is used in paths; `app_scoped_id` is what Instagram Login calls `id` in `/me`. */
export interface Account {
  id: string;
  app_scoped_id: string;
  username: string;
  name: string;
  biography: string;
  account_type: AccountType;
  followers_count: number;
  follows_count: number;
  page_id: string | null;
  /** Checkpointed or restricted by Instagram: everything that writes answers 25/2207050. */
  restricted: boolean;
  trial_reels: boolean;
}

/** What Meta calls full control of a Page, in the classic words. */
export const ALL_TASKS = ['ANALYZE', 'ADVERTISE', 'MESSAGING', 'MODERATE', 'CREATE_CONTENT', 'MANAGE'];

type NewAccount = Partial<Account> & Pick<Account, 'username'>;

/** Who exists: apps, people, Pages and Instagram accounts, each by id. */
export class World {
  readonly apps = new Map<string, App>();
  readonly persons = new Map<string, Person>();
  readonly businesses = new Map<string, Business>();
  readonly pages = new Map<string, Page>();
  readonly accounts = new Map<string, Account>();

  constructor(private readonly ids: Ids) {}

  addPerson(name: string, id = this.ids.next()): Person {
    const person = { id, name };
    this.persons.set(id, person);
    return person;
  }

  addBusiness(name: string, person: Person): Business {
    const business = { id: this.ids.next(), name, person_id: person.id };
    this.businesses.set(business.id, business);
    return business;
  }

  addAccount(given: NewAccount): Account {
    const account: Account = {
      id: this.ids.next(),
      app_scoped_id: this.ids.next(),
      name: given.username,
      biography: '',
      account_type: 'BUSINESS',
      followers_count: 1_200,
      follows_count: 180,
      page_id: null,
      restricted: false,
      trial_reels: true,
      ...given,
    };
    this.accounts.set(account.id, account);
    return account;
  }

  /** A Page that `person` manages, linked to `account` where one is given. */
  addPage(name: string, person: Person, account: Account | null, given: Partial<Page> = {}): Page {
    const tasks = new Map([[person.id, ALL_TASKS]]);
    const page: Page = {
      id: this.ids.next(),
      name,
      category: 'Local business',
      account_id: account?.id ?? null,
      tasks,
      business: null,
      ...given,
    };
    this.pages.set(page.id, page);
    if (account) account.page_id = page.id;
    return page;
  }

  accountNamed(username: string): Account | undefined {
    return [...this.accounts.values()].find((account) => account.username === username);
  }

  pagesOf(personId: string): Page[] {
    return [...this.pages.values()].filter((page) => page.tasks.has(personId));
  }

  clear(): void {
    for (const part of [this.apps, this.persons, this.businesses, this.pages, this.accounts]) part.clear();
  }
}

/** Personal accounts have no API and are never linked to a Page in Graph's eyes (§1). */
export function isProfessional(account: Account): boolean {
  return account.account_type !== 'PERSONAL';
}

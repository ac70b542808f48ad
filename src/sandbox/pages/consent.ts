import { type SandboxState } from '../state';
import { type App, isProfessional, type Person } from '../world';
import { html, type Html } from './html';
import { avatar, page } from './layout';

interface Consent {
  app: App;
  scopes: string[];
  /** Where the form goes: the dialog's own address with everything it was asked with. */
  action: string;
}

/** Facebook Login: who is asked is given, what is chosen are Pages. */
export function facebookConsentPage(state: SandboxState, person: Person, consent: Consent): string {
  const pages = state.world.pagesOf(person.id).map((fbPage) => {
    const account = state.world.accounts.get(fbPage.account_id ?? '');
    const linked = account && isProfessional(account) ? `@${account.username}` : 'no professional Instagram account';
    const input = html`<input type="checkbox" name="page_ids" value="${fbPage.id}" checked />`;
    return html`<label class="pick"
      >${avatar(fbPage.name)}
      <div>${fbPage.name}<small>${linked}</small></div>
      ${input}</label
    >`;
  });
  const others = [...state.world.persons.values()].filter((other) => other.id !== person.id);
  const choices = html`<fieldset>
    <legend>Pages and the Instagram accounts behind them</legend>
    ${pages}
  </fieldset>`;
  const elsewhere = others.map(
    (other) => html`<a href="${consent.action}&amp;person_id=${other.id}">Log in as ${other.name}</a> `,
  );
  return consentPage(`Continue as ${person.name}?`, consent, choices, {
    hidden: html`<input type="hidden" name="person_id" value="${person.id}" />`,
    below: others.length > 0 && html`<p class="switch">Not ${person.name}? ${elsewhere}</p>`,
  });
}

/** Instagram Login: one account is chosen, whoever is behind it. */
export function instagramConsentPage(state: SandboxState, consent: Consent): string {
  const accounts = [...state.world.accounts.values()].map((account, i) => {
    const kind = account.account_type.replace('_', ' ').toLowerCase();
    return html`<label class="pick"
      >${avatar(account.username)}
      <div>${account.username}<small>${account.name} · ${kind}</small></div>
      <input type="radio" name="account_id" value="${account.id}" ${i === 0 && 'checked'} />
    </label>`;
  });
  const choices = html`<fieldset>
    <legend>Instagram account</legend>
    ${accounts}
  </fieldset>`;
  return consentPage('Allow access to your Instagram account?', consent, choices);
}

/** Everybody who logs in gives their public profile; all else may be declined. */
function permission(scope: string): Html {
  const isFixed = scope === 'public_profile';
  return html`<label
    ><input type="checkbox" name="permissions" value="${scope}" checked ${isFixed && 'disabled'} /> ${scope}</label
  >`;
}

function consentPage(
  title: string,
  { app, scopes, action }: Consent,
  choices: Html,
  extra: { hidden?: Html; below?: Html | false } = {},
): string {
  const body = html`<main>
    <form class="consent" method="post" action="${action}">
      <header>
        <div class="pair">${avatar(app.name)} ⇄ <span class="mark"></span></div>
        <h1>${title}</h1>
        <p><b>${app.name}</b> wants to use your account to publish.</p>
      </header>
      ${extra.hidden} ${choices}
      <details class="scopes">
        <summary>${scopes.length} permissions</summary>
        <ul>
          ${scopes.map((scope) => html`<li>${permission(scope)}</li>`)}
        </ul>
        <input type="hidden" name="permissions_shown" value="1" />
      </details>
      <div class="actions">
        <button class="yes" name="decision" value="approve">Allow</button>
        <button name="decision" value="deny">Cancel</button>
      </div>
      ${extra.below}
    </form>
  </main>`;
  return page(title, body);
}

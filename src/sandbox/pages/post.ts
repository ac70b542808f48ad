import { type Media } from '../media';
import { type SandboxState } from '../state';
import { html } from './html';
import { avatar, page } from './layout';
import { mediaView } from './media-view';

/** The page behind a permalink. */
export function postPage(state: SandboxState, media: Media): string {
  const username = state.world.accounts.get(media.account_id)?.username ?? 'unknown';
  const items = media.children.length > 0 ? media.children : [media];
  const { caption, media_type, surface } = media.request;
  const facts = [
    ['Published', new Date(media.published_at).toISOString().replace('T', ' ').replace(/\..*/, ' UTC')],
    ['Type', media_type],
    ['Product', surface],
    ['Media id', media.id],
    ['Container id', media.container_id],
    ['Shortcode', media.shortcode],
  ] as const;
  const body = html`<main>
    <article class="post">
      <div class="stage">${items.map((item) => mediaView(state, item, 'page'))}</div>
      <div class="side">
        <a class="who" href="/">${avatar(username)} ${username}</a>
        <div class="words">${caption ?? ''}</div>
        <dl class="facts">
          ${facts.map(
            ([name, value]) =>
              html`<dt>${name}</dt>
                <dd>${value}</dd>`,
          )}
        </dl>
      </div>
    </article>
  </main>`;
  return page(`${username} · sandbox`, body);
}

/** What a browser sees when it asks for something that is not there, or that a dialog refuses to work with. */
export function noticePage(title: string, text: string): string {
  const body = html`<main>
    <section class="consent">
      <header>
        <h1>${title}</h1>
        <p>${text}</p>
      </header>
    </section>
  </main>`;
  return page(title, body);
}

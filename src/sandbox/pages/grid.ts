import { type Container } from '../containers';
import { type Media } from '../media';
import { permalinkOf } from '../media-fields';
import { type SandboxState } from '../state';
import { type Account } from '../world';
import { html, type Html } from './html';
import { ago, avatar, page, shortNumber } from './layout';
import { badge, mediaView } from './media-view';

const SHOWN_POSTS = 60;
const SHOWN_CONTAINERS = 6;
const NEWS_MS = 15 * 60_000;

// Asks for a short text that changes with the world, and swaps the page's inside when it did: videos that stay play on.
const REFRESH = `
let pulse = null;
setInterval(async () => {
  try {
    const now = await (await fetch('/_sandbox/pulse')).text();
    if (pulse !== null && now !== pulse) {
      const fresh = new DOMParser().parseFromString(await (await fetch(location.href)).text(), 'text/html');
      document.querySelector('main').replaceWith(fresh.querySelector('main'));
    }
    pulse = now;
  } catch {}
}, 1500);`;

/** `GET /`: every account that has something to show, and what is on its way. */
export function gridPage(state: SandboxState): string {
  const accounts = [...state.world.accounts.values()];
  const busy = accounts.filter(
    ({ id }) =>
      state.media.countOf(id) > 0 || state.media.liveStoriesOf(id).length > 0 || state.containers.openOf(id).length > 0,
  );
  const shown = busy.length > 0 ? busy : accounts.slice(0, 1);
  const quiet = accounts.filter((account) => !shown.includes(account));
  const body = html`<main>
    ${shown.map((account) => profile(state, account))}
    ${
      quiet.length > 0 &&
      html`<section class="quiet">
        <h2>Also here, nothing published yet</h2>
        ${quiet.map((account) => html`<span class="one">${avatar(account.username)} ${account.username}</span>`)}
      </section>`
    }
  </main>`;
  return page('Instagram sandbox', body, REFRESH);
}

function profile(state: SandboxState, account: Account): Html {
  const posts = state.media.feedOf(account.id).filter((media) => !media.deleted);
  const stories = state.media.liveStoriesOf(account.id).reverse();
  const open = state.containers
    .openOf(account.id)
    .filter((one) => isNews(state, one))
    .slice(0, SHOWN_CONTAINERS);
  return html`<article>
    <header class="profile">
      ${avatar(account.username, 'large')}
      <div>
        <h2>
          ${account.username} <span class="chip">${account.account_type.replace('_', ' ').toLowerCase()}</span>
          ${account.restricted && html`<span class="chip bad">restricted</span>`}
        </h2>
        <div class="counts">
          <span><b>${posts.length}</b> ${posts.length === 1 ? 'post' : 'posts'}</span>
          <span><b>${shortNumber(account.followers_count)}</b> followers</span>
          <span><b>${shortNumber(account.follows_count)}</b> following</span>
        </div>
        <p class="bio"><strong>${account.name}</strong>${account.biography}</p>
      </div>
    </header>
    ${stories.length > 0 && html`<div class="stories">${stories.map((media) => story(state, media))}</div>`}
    ${open.length > 0 && html`<section class="jobs">${open.map((container) => job(state, container))}</section>`}
    ${
      posts.length > 0
        ? html`<section class="grid">
            ${[...posts]
              .reverse()
              .slice(0, SHOWN_POSTS)
              .map((media) => tile(state, media))}
          </section>`
        : html`<p class="empty">Nothing published yet. What you publish shows up here by itself.</p>`
    }
  </article>`;
}

function tile(state: SandboxState, media: Media): Html {
  const { caption } = media.request;
  return html`<a class="tile" href="${localPath(state, media)}">
    ${mediaView(state, media, 'grid')} ${badge(media)}
    <div class="over">
      ${caption && html`<p>${caption}</p>`}
      <time datetime="${new Date(media.published_at).toISOString()}"
        >${ago(media.published_at, state.clock.now())}</time
      >
    </div>
  </a>`;
}

function story(state: SandboxState, media: Media): Html {
  return html`<a href="${localPath(state, media)}">
    <span class="ring">${mediaView(state, media, 'grid')}</span>${ago(media.published_at, state.clock.now())}
  </a>`;
}

/** Finished parts of a carousel say nothing new, and a failure is old after a while. */
function isNews(state: SandboxState, container: Container): boolean {
  if (container.request.is_carousel_item && container.state === 'FINISHED') return false;
  return state.clock.now() - container.created_at < NEWS_MS;
}

function job(state: SandboxState, container: Container): Html {
  const status = state.containers.statusOf(container);
  const { caption, media_type, surface, is_carousel_item } = container.request;
  const kind = is_carousel_item ? `carousel item, ${media_type.toLowerCase()}` : describe(media_type, surface);
  const problem = container.reason && ` · ${container.error_subcode ?? ''}: ${container.reason}`;
  return html`<div class="job">
    <span class="dot ${status}"></span>
    <div class="what">
      <div class="cut">${caption ?? kind}</div>
      <small title="${container.reason ?? ''}">${kind} · ${status.replace('_', ' ').toLowerCase()}${problem}</small>
    </div>
    <small>${ago(container.created_at, state.clock.now())}</small>
  </div>`;
}

function describe(mediaType: string, surface: string): string {
  if (surface === 'REELS') return 'reel';
  if (surface === 'STORY') return `story, ${mediaType.toLowerCase()}`;
  return mediaType === 'CAROUSEL_ALBUM' ? 'carousel' : 'photo';
}

/** The permalink's page here, also when permalinks are set to point elsewhere. */
function localPath(state: SandboxState, media: Media): string {
  return new URL(permalinkOf(state, media), 'http://sandbox.invalid').pathname;
}

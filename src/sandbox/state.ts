import { CodeStore } from './codes';
import { SandboxClock } from './clock';
import { CommentStore } from './comments';
import { ContainerStore } from './containers';
import { FaultBook } from './faults';
import { Ids } from './ids';
import { Ledger } from './ledger';
import { MediaStore } from './media';
import { MediaFetcher } from './media-fetch';
import { MediaFiles } from './media-files';
import { RollingCount } from './rolling-count';
import { FACEBOOK_APP, INSTAGRAM_APP, seedWorld } from './seed';
import { defaultSettings, type SandboxSettings } from './settings';
import { ThrottleBook } from './throttles';
import { TokenStore } from './tokens';
import { type App, World } from './world';

/** How a sandbox starts out. */
export interface SandboxOptions {
  /** What this sandbox calls itself in the addresses it hands out, without a slash at the end. */
  public_url?: string;
  facebook_app?: Pick<App, 'id' | 'secret'>;
  instagram_app?: Pick<App, 'id' | 'secret'>;
  settings?: Partial<SandboxSettings>;
}

/** Everything one sandbox knows; what every endpoint is given. */
export class SandboxState {
  readonly clock = new SandboxClock();
  readonly ids = new Ids();
  readonly world = new World(this.ids);
  readonly tokens = new TokenStore(this.clock);
  readonly codes = new CodeStore(this.clock);
  readonly ledger = new Ledger(this.clock);
  readonly faults = new FaultBook();
  readonly throttles = new ThrottleBook(this.clock, this.world);
  readonly files = new MediaFiles();
  readonly fetcher = new MediaFetcher(this.files, this.ledger);
  readonly containers = new ContainerStore(this.clock, this.ids);
  readonly media = new MediaStore(this.clock, this.ids);
  readonly comments = new CommentStore(this.clock, this.ids);
  readonly containersMade = new RollingCount();
  readonly postsPublished = new RollingCount();
  settings: SandboxSettings;
  /** Set by the server once it knows its port. */
  publicUrl: string;

  constructor(private readonly options: SandboxOptions = {}) {
    this.publicUrl = options.public_url ?? '';
    this.settings = this.startingSettings();
    this.seed();
  }

  /** Back to the first day: world, tokens, media, faults, throttles, settings and ledger. The clock keeps its time. */
  async reset(): Promise<void> {
    this.clock.stop();
    const parts = [this.world, this.tokens, this.codes, this.ledger, this.faults, this.containers, this.media];
    for (const part of [...parts, this.comments, this.throttles, this.containersMade, this.postsPublished])
      part.clear();
    this.settings = this.startingSettings();
    this.seed();
    await this.files.clear();
  }

  private startingSettings(): SandboxSettings {
    return { ...defaultSettings, ...this.options.settings };
  }

  private seed(): void {
    const facebook = { ...FACEBOOK_APP, ...this.options.facebook_app };
    const instagram = { ...INSTAGRAM_APP, ...this.options.instagram_app };
    seedWorld(this.world, facebook, instagram);
  }
}

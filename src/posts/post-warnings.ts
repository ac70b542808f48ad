import { repeatedHashtags } from './caption';
import { ignoredBy } from './field-rules';
import { kindsOfPost, type Parameter } from './kind-rules';
import { isGiven, type MediaKind, type MediaType, type RuleProblem, type Sent } from './post-rules';

/** How much of an account's quota is spoken for, as far as it is known. */
export interface QuotaUse {
  /** Null: Instagram never said one. */
  total: number | null;
  used: number;
  /** Posts that will use it up within a day. */
  reserved: number;
}

/** Of the quota: so few left are worth a word. */
const NEARLY_USED = 0.1;

/** What is taken and will not be as its user may think. Nothing of it keeps a post from being made. */
export function wishWarnings(sent: Sent, type: MediaType, medium: MediaKind | null): RuleProblem[] {
  const [kind] = kindsOfPost(type, medium);
  const ignored = kind ? ignoredBy(kind, sent) : [];
  const warnings = ignored.map((parameter) => ({ pointer: `/${parameter}`, message: ignoredMessage(parameter, type) }));
  if (isGiven(sent['cover_url']) && isGiven(sent['thumb_offset']))
    warnings.push({ pointer: '/thumb_offset', message: 'has no effect: cover_url wins over it' });
  const { caption, hashtags } = sent;
  if (typeof caption === 'string' && Array.isArray(hashtags))
    for (const tag of repeatedHashtags(caption, hashtags.filter(isText)))
      warnings.push({ pointer: '/hashtags', message: `${tag} stands in the caption, too, and will show twice` });
  return warnings;
}

/** The same of the account that it goes to. */
export function accountWarnings(account: { actionRequired: string | null }, quota: QuotaUse | null): RuleProblem[] {
  const pointer = '/account_id';
  const warnings: RuleProblem[] = [];
  if (account.actionRequired !== null)
    warnings.push({ pointer, message: 'Instagram refused its token; posts wait until the account is connected again' });
  if (quota && quota.total !== null) {
    const left = quota.total - quota.used - quota.reserved;
    const counts = `${quota.used} published and ${quota.reserved} waiting in 24 hours, of ${quota.total} that Instagram allows`;
    if (left <= 0) warnings.push({ pointer, message: `its quota is used up (${counts}); the post may have to wait` });
    else if (left <= quota.total * NEARLY_USED)
      warnings.push({ pointer, message: `its quota is nearly used up: ${counts}` });
  }
  return warnings;
}

function ignoredMessage(parameter: Parameter, type: MediaType): string {
  if (parameter === 'share_to_feed') return `has no effect on ${type}: it is for reels`;
  return `is kept here, but not shown: ${type} have no caption on Instagram`;
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

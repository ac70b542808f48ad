import { codePoints, hashtagsIn } from './caption';
import { KIND_NAMES, LIMITS, PARAMETERS, USERNAME, supportOf, type Kind, type Parameter } from './kind-rules';
import { isGiven, isObject, type RuleProblem, type Sent } from './post-rules';

/**
 * What of a body, or of an item, does not go with the kind of thing that it is to be.
 * @param kinds all that it may be; only what goes with none of them is told
 */
export function kindProblems(kinds: readonly Kind[], sent: Sent, base = ''): RuleProblem[] {
  const problems: RuleProblem[] = [];
  for (const parameter of PARAMETERS) {
    if (!says(sent[parameter])) continue;
    const message = refusalOf(parameter, kinds);
    if (message !== null) problems.push({ pointer: `${base}/${parameter}`, message });
  }
  const [kind, ...others] = kinds;
  if (kind && others.length === 0) problems.push(...placeProblems(kind, sent['user_tags'], base));
  return problems;
}

/** What is wrong with the values themselves, whatever the kind. Types are told elsewhere. */
export function valueProblems(sent: Sent, base = ''): RuleProblem[] {
  return [
    ...altTextProblems(sent['alt_text'], base),
    ...tagCountProblems(sent['user_tags'], base),
    ...collaboratorProblems(sent['collaborators'], base),
    ...commentProblems(sent['first_comment'], base),
  ];
}

/** Parameters that this body has and that Instagram does nothing with on such a kind. */
export function ignoredBy(kind: Kind, sent: Sent): Parameter[] {
  // True is what it is when nobody says anything.
  const isSaid = (parameter: Parameter) => says(sent[parameter]) && !(parameter === 'share_to_feed' && sent[parameter]);
  return PARAMETERS.filter((parameter) => supportOf(parameter, kind) === 'ignored' && isSaid(parameter));
}

/** Nobody tagged is no tags. */
function says(value: unknown): boolean {
  return isGiven(value) && !(Array.isArray(value) && value.length === 0);
}

function refusalOf(parameter: Parameter, kinds: readonly Kind[]): string | null {
  const [first] = kinds;
  const refused = kinds.every((kind) => ['no', 'items'].includes(supportOf(parameter, kind)));
  if (!refused || !first) return null;
  if (supportOf(parameter, first) === 'items') return 'belongs to the items of a carousel; give it there';
  const isItem = first === 'carousel_image' || first === 'carousel_video';
  if (isItem && supportOf(parameter, 'carousel') === 'yes')
    return 'belongs to the carousel itself, not to its items; give it there';
  return `is not supported on ${KIND_NAMES[first]} by Instagram; leave it out`;
}

/** People are tagged at a place in a photo, without one in a video, and as one likes in a story. */
function placeProblems(kind: Kind, tags: unknown, base: string): RuleProblem[] {
  if (!Array.isArray(tags)) return [];
  const place = supportOf('user_tags', kind);
  return tags.flatMap((tag: unknown, at): RuleProblem[] => {
    if (!isObject(tag)) return [];
    const wrong = (['x', 'y'] as const).filter((one) => isMisplaced(place, isGiven(tag[one]), tag));
    return wrong.map((one) => ({ pointer: `${base}/user_tags/${at}/${one}`, message: PLACE_MESSAGES[place] ?? '' }));
  });
}

const PLACE_MESSAGES: Record<string, string> = {
  placed: 'is needed on an image (0 to 1)',
  unplaced: 'is not supported on videos; leave it out',
  either: 'is needed where the other of x and y is given (0 to 1)',
};

function isMisplaced(place: string, given: boolean, tag: Sent): boolean {
  if (place === 'placed') return !given;
  if (place === 'unplaced') return given;
  return place === 'either' && !given && (isGiven(tag['x']) || isGiven(tag['y']));
}

function altTextProblems(text: unknown, base: string): RuleProblem[] {
  const found = typeof text === 'string' ? codePoints(text) : 0;
  if (found <= LIMITS.altText) return [];
  return [{ pointer: `${base}/alt_text`, message: `has ${found} characters; Instagram allows ${LIMITS.altText}` }];
}

/** Instagram's limits on a comment are those on a caption. */
function commentProblems(text: unknown, base: string): RuleProblem[] {
  if (typeof text !== 'string') return [];
  const counts: [string, number, number][] = [
    ['characters', codePoints(text), LIMITS.caption],
    ['hashtags', hashtagsIn(text).length, LIMITS.hashtags],
  ];
  return counts.flatMap(([what, found, limit]) =>
    found <= limit
      ? []
      : [{ pointer: `${base}/first_comment`, message: `has ${found} ${what}; Instagram allows ${limit}` }],
  );
}

function tagCountProblems(tags: unknown, base: string): RuleProblem[] {
  if (!Array.isArray(tags) || tags.length <= LIMITS.userTags) return [];
  return [{ pointer: `${base}/user_tags`, message: `has ${tags.length} tags; Instagram allows ${LIMITS.userTags}` }];
}

function collaboratorProblems(names: unknown, base: string): RuleProblem[] {
  if (!Array.isArray(names)) return [];
  const pointer = `${base}/collaborators`;
  const problems: RuleProblem[] = [];
  if (names.length > LIMITS.collaborators)
    problems.push({ pointer, message: `names ${names.length} accounts; Instagram allows ${LIMITS.collaborators}` });
  const seen = new Set<string>();
  names.forEach((name: unknown, at) => {
    if (typeof name !== 'string') return;
    const key = name.toLowerCase();
    if (!USERNAME.test(name)) problems.push({ pointer: `${pointer}/${at}`, message: NOT_A_USERNAME });
    else if (seen.has(key)) problems.push({ pointer: `${pointer}/${at}`, message: 'is named twice' });
    seen.add(key);
  });
  return problems;
}

export const NOT_A_USERNAME = 'must be an Instagram username, without the @';

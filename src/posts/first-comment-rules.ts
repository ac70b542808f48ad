import { codePoints, hashtagsIn, POST_LIMITS, type RuleProblem } from './post-rules';

/** Instagram's limits on a comment are those on a caption. Over a limit is refused and said; nothing is trimmed. */
export function firstCommentProblems(text: string): RuleProblem[] {
  const problems: RuleProblem[] = [];
  const over = (what: string, found: number, limit: number) => {
    if (found > limit)
      problems.push({ pointer: '/first_comment', message: `has ${found} ${what}; Instagram allows ${limit}` });
  };
  over('characters', codePoints(text), POST_LIMITS.captionCodePoints);
  over('hashtags', hashtagsIn(text).length, POST_LIMITS.hashtags);
  return problems;
}

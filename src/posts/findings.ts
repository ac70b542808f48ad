import { AppError, MOST_PROBLEMS_TOLD, validationError, type ErrorType } from '../common/app-error';
import { eachItem } from './each-item';
import type { RuleProblem } from './post-rules';

/** One reason why a post would be refused: where, in words, and as which error. */
export interface Finding extends RuleProblem {
  error_type: ErrorType;
  action_required?: string;
}

/**
 * What is wrong with a wish. Whoever takes a post wants the first reason thrown, whoever validates one wants all of them:
 * the same checks run through one of these.
 */
export class Findings {
  readonly all: Finding[] = [];

  constructor(private readonly collects: boolean) {}

  /** @throws AppError `validation_error`, unless it collects */
  tell(problems: RuleProblem[]): void {
    if (problems.length === 0) return;
    if (!this.collects) throw validationError(problems);
    for (const problem of problems.slice(0, MOST_PROBLEMS_TOLD))
      this.add({ ...problem, error_type: 'validation_error' });
  }

  /** @param pointer what it is about, where the error doesn't say; undefined: it failed, and that is told */
  async attempt<Result>(pointer: string, work: () => Result | Promise<Result>): Promise<Result | undefined> {
    try {
      return await work();
    } catch (error) {
      if (!this.collects || !(error instanceof AppError) || !isAboutThePost(error)) throw error;
      const { errors, action_required } = error.extras;
      const advice = action_required === undefined ? {} : { action_required };
      for (const one of errors ?? [{ pointer: '', message: error.detail }])
        this.add({ pointer: one.pointer || pointer, message: one.message, error_type: error.errorType, ...advice });
      return undefined;
    }
  }

  /** The same to each medium of a post: the items of a carousel, told by their number, or the one that it is made of. */
  async each<Medium, Result>(
    media: readonly Medium[],
    pointers: { items: boolean; single: string },
    work: (medium: Medium, index: number) => Result | Promise<Result>,
  ): Promise<(Result | undefined)[]> {
    if (pointers.items && !this.collects)
      return eachItem(
        media.map((medium, index) => ({ medium, index })),
        async ({ medium, index }) => work(medium, index),
      );
    return Promise.all(
      media.map((medium, index) =>
        this.attempt(pointers.items ? `/items/${index}` : pointers.single, () => work(medium, index)),
      ),
    );
  }

  private add(finding: Finding): void {
    const isTold = this.all.some(({ pointer, message }) => pointer === finding.pointer && message === finding.message);
    if (!isTold && this.all.length < MOST_PROBLEMS_TOLD) this.all.push(finding);
  }
}

/** A database that is away says nothing about the post, and neither does somebody who asks too often. */
function isAboutThePost({ status }: AppError): boolean {
  return status >= 400 && status < 500 && status !== 401 && status !== 429;
}

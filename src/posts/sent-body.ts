import { createParamDecorator, type ExecutionContext, type Type } from '@nestjs/common';
import type { FieldProblem } from '../common/app-error';
import { RequestValidation } from '../common/validation';
import { NewPostBody, type CreatePostBody } from './dto/create-post.dto';

/** A route's body as it was sent: no pipe looks at it. */
export const SentBody = createParamDecorator(
  (_options: unknown, context: ExecutionContext): unknown =>
    context.switchToHttp().getRequest<{ body: unknown }>().body,
);

const validation = new RequestValidation();

/** A body as far as it could be read: `wish` lacks what is not sound; null: nothing of it can be used. */
export interface ReadBody {
  wish: NewPostBody | null;
  problems: FieldProblem[];
}

/** Reads a create body as the route of this type would, but goes on with the rest where a part of it is wrong. */
export async function readBody(type: Type<CreatePostBody>, sent: unknown): Promise<ReadBody> {
  const found = await validation.read(sent, { type: 'body', metatype: type });
  if ('checked' in found) return { wish: found.checked as NewPostBody, problems: [] };
  const { problems, pointers } = found;
  const rest: unknown = structuredClone(sent);
  for (const pointer of pointers) takeAway(rest, pointer);
  // What other routes need beyond it, such as a time, was told to be missing.
  const sound = await validation.read(rest, { type: 'body', metatype: NewPostBody });
  return { wish: 'checked' in sound ? (sound.checked as NewPostBody) : null, problems };
}

/** The part that the pointer leads to; of a list, whatever holds the list. */
function takeAway(body: unknown, pointer: string): void {
  let [holder, name]: [Record<string, unknown> | null, string] = [null, ''];
  let part: unknown = body;
  for (const key of pointer.split('/').slice(1).map(unescaped)) {
    if (typeof part !== 'object' || part === null) break;
    if (!Array.isArray(part)) [holder, name] = [part as Record<string, unknown>, key];
    part = Object.hasOwn(part, key) ? (part as Record<string, unknown>)[key] : undefined;
  }
  if (holder) delete holder[name];
}

/** RFC 6901. */
function unescaped(key: string): string {
  return key.replaceAll('~1', '/').replaceAll('~0', '~');
}

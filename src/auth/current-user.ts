import { createParamDecorator, type ExecutionContext } from '@nestjs/common';

/** Whoever sent the request, as the guard found them. */
export interface User {
  id: number;
  /** Lower case; null for users of an outside issuer. */
  email: string | null;
  /** `ops` may use the installation's own Instagram account, and pause everything (ops-only.ts). */
  roles: string[];
}

/** What the guard leaves on the request. */
export interface AuthenticatedRequest {
  headers: Record<string, unknown>;
  user: User;
}

/** The caller, as a parameter of a route that is not `@Public()`. */
export const CurrentUser = createParamDecorator(
  (_options: unknown, context: ExecutionContext): User =>
    context.switchToHttp().getRequest<AuthenticatedRequest>().user,
);

import { Injectable, UseGuards, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { AppError } from '../common/app-error';
import { type AuthenticatedRequest } from './current-user';

@Injectable()
class OpsGuard implements CanActivate {
  /** @throws AppError `forbidden`, whatever else may be wrong with the request */
  canActivate(context: ExecutionContext): boolean {
    const { user } = context.switchToHttp().getRequest<AuthenticatedRequest>();
    if (user.roles.includes('ops')) return true;
    throw new AppError('forbidden', 'Only users with the role "ops" may do this.', {
      action_required: 'Ask whoever runs this installation to do it, or to give you the role.',
    });
  }
}

/** For the users with the role `ops`: those who run the installation. Others are answered 403 `forbidden`. */
export function OpsOnly(): ClassDecorator & MethodDecorator {
  return UseGuards(OpsGuard);
}

import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { ApiErrors } from '../common/api-errors';
import { AuthService } from './auth.service';
import { CurrentUser, type User } from './current-user';
import { LoginAnswer, MeAnswer, RegisteredAnswer } from './dto/auth-answers.dto';
import { LoginRequest, RegisterRequest } from './dto/credentials.dto';
import { Public } from '../common/public';

@ApiTags('Users')
@Controller('api/auth')
export class AuthController {
  constructor(private readonly auth: AuthService) {}

  /** Registers a user with e-mail and password */
  @Public()
  @Post('register')
  @ApiErrors('malformed_json', 'not_found', 'email_taken', 'validation_error', 'rate_limit_exceeded')
  register(@Body() body: RegisterRequest): Promise<RegisteredAnswer> {
    return this.auth.register(body);
  }

  /** Answers a token for e-mail and password */
  @Public()
  @Post('login')
  @HttpCode(200)
  @ApiErrors('malformed_json', 'not_found', 'validation_error', 'rate_limit_exceeded')
  login(@Body() body: LoginRequest): Promise<LoginAnswer> {
    return this.auth.login(body);
  }

  /** Tells who the token belongs to */
  @Get('me')
  @ApiBearerAuth()
  @ApiErrors()
  me(@CurrentUser() user: User): MeAnswer {
    return { user_id: user.id, email: user.email, roles: user.roles };
  }
}

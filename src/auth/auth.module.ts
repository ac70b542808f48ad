import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuthController } from './auth.controller';
import { AuthService } from './auth.service';
import { JwksJwtStrategy } from './jwks-jwt.strategy';
import { JwtGuard } from './jwt.guard';
import { OwnTokens } from './own-tokens';
import { Passwords } from './passwords';
import { SecretJwtStrategy } from './secret-jwt.strategy';
import { UserRow } from './user.entity';
import { UsersRepository } from './users.repository';

/** Who calls. Importing this guards every route of the app. */
@Module({
  imports: [TypeOrmModule.forFeature([UserRow])],
  controllers: [AuthController],
  providers: [
    AuthService,
    JwksJwtStrategy,
    OwnTokens,
    Passwords,
    SecretJwtStrategy,
    UsersRepository,
    { provide: APP_GUARD, useClass: JwtGuard },
  ],
})
export class AuthModule {}

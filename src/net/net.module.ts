import { Module } from '@nestjs/common';
import { GuardedHttp } from './guarded-http';
import { Resolver, SystemResolver } from './resolver';

/** Reaching URLs that users gave us. */
@Module({
  providers: [GuardedHttp, { provide: Resolver, useClass: SystemResolver }],
  exports: [GuardedHttp],
})
export class NetModule {}

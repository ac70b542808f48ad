import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Public } from '../common/public';
import { ApiErrors } from '../common/api-errors';
import { Alive, Readiness } from './dto/health.dto';
import { HealthService } from './health.service';

@ApiTags('Operations')
@Public()
@Controller('health')
export class HealthController {
  constructor(private readonly health: HealthService) {}

  /** Whether the process runs; restart it when this fails */
  @Get('live')
  live(): Alive {
    return { status: 'ok' };
  }

  /** Whether requests can be served; send none while this fails */
  @Get('ready')
  @ApiErrors('service_unavailable')
  ready(): Promise<Readiness> {
    return this.health.ready();
  }
}

import { Body, Controller, Get, Header, HttpCode, Param, Post } from '@nestjs/common';
import { ApiConsumes, ApiOkResponse, ApiProduces, ApiTags } from '@nestjs/swagger';
import { ApiErrors } from '../common/api-errors';
import { Public } from '../common/public';
import { DataDeletionAnswer, DeauthorizedAnswer, SignedRequestBody } from './dto/meta-request.dto';
import { MetaRequestsService } from './meta-requests.service';
import { statusPage } from './status-page';

@ApiTags('Privacy')
@Public(true)
@Controller('api/instagram')
export class MetaRequestsController {
  constructor(private readonly requests: MetaRequestsService) {}

  /** Meta's deauthorize callback: a person took the app away; their tokens are erased */
  @Post('webhooks/meta/deauthorize')
  @HttpCode(200)
  @ApiConsumes('application/x-www-form-urlencoded')
  @ApiErrors('validation_error')
  deauthorize(@Body() { signed_request }: SignedRequestBody): Promise<DeauthorizedAnswer> {
    return this.requests.deauthorize(signed_request);
  }

  /** Meta's data deletion callback: what Instagram told of a person is erased */
  @Post('webhooks/meta/data-deletion')
  @HttpCode(200)
  @ApiConsumes('application/x-www-form-urlencoded')
  @ApiErrors('validation_error')
  deleteData(@Body() { signed_request }: SignedRequestBody): Promise<DataDeletionAnswer> {
    return this.requests.deleteData(signed_request);
  }

  /** How far a data deletion has come: a page for the person who asked for it */
  @Get('data-deletion/:confirmation_code')
  @Header('Content-Type', 'text/html; charset=utf-8')
  @Header('Content-Security-Policy', "default-src 'none'")
  @Header('Cache-Control', 'no-store')
  @Header('Referrer-Policy', 'no-referrer')
  @Header('X-Content-Type-Options', 'nosniff')
  @ApiProduces('text/html')
  @ApiOkResponse({ description: 'The page', content: { 'text/html': { schema: { type: 'string' } } } })
  @ApiErrors('not_found')
  async deletionStatus(@Param('confirmation_code') code: string): Promise<string> {
    return statusPage(await this.requests.deletionStatus(code));
  }
}

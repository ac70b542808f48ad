import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { CurrentUser, type User } from '../auth/current-user';
import { ApiErrors } from '../common/api-errors';
import { IdParam } from '../common/id-param';
import { AssetCompletion } from './asset-completion.service';
import { AssetPresign } from './asset-presign.service';
import { PresignAssetBody } from './dto/asset-bodies.dto';
import { AssetView, UploadTicketView } from './dto/asset-views.dto';

@ApiTags('Assets')
@ApiBearerAuth()
@Controller('api/instagram/assets')
export class AssetPresignController {
  constructor(
    private readonly presigning: AssetPresign,
    private readonly completion: AssetCompletion,
  ) {}

  /** Gives a URL to upload media to, straight to where it will lie; then complete it */
  @Post('presign')
  @ApiErrors('malformed_json', 'payload_too_large', 'service_unavailable', 'unsupported_media_type', 'validation_error')
  presignAsset(@CurrentUser() user: User, @Body() body: PresignAssetBody): Promise<UploadTicketView> {
    return this.presigning.presign(user.id, body);
  }

  /** Looks at what was uploaded and makes the asset ready, or refuses it, deletes it and says why; a second time changes nothing */
  @Post(':id/complete')
  @HttpCode(200)
  @ApiErrors('asset_not_ready', 'media_invalid_format', 'not_found', 'payload_too_large', 'service_unavailable')
  completeAsset(@CurrentUser() user: User, @Param('id', IdParam) id: number): Promise<AssetView> {
    return this.completion.complete(user.id, id);
  }
}

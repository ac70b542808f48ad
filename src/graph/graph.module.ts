import { Module } from '@nestjs/common';
import { Clock } from '../common/clock';
import { Settings } from '../config/settings';
import { InstagramGraph } from './instagram-graph';

/** The client for Meta, made of the settings. */
@Module({
  providers: [
    {
      provide: InstagramGraph,
      useFactory: (settings: Settings, clock: Clock) => new InstagramGraph(settings.graph, clock),
      inject: [Settings, Clock],
    },
  ],
  exports: [InstagramGraph],
})
export class GraphModule {}

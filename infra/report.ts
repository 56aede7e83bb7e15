import { Duration } from 'aws-cdk-lib';
import { FilterCriteria, FilterRule } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { ApiFunction } from '#infra/blocks/api-function.ts';
import { ScheduledFunction } from '#infra/blocks/scheduled-function.ts';
import type { Service } from '#infra/blocks/service.ts';
import { StreamWorker } from '#infra/blocks/stream-worker.ts';
import { readFigures } from '#shared/report/report-api.ts';

/** The public figures, counted from the stream of journals. */
export class Report extends Construct {
  constructor(scope: Construct, id: string, service: Service) {
    super(scope, id);
    const { files } = service;

    new ApiFunction(this, 'ReadFigures', service, {
      endpoint: readFigures,
      entry: 'report/read-figures',
      needs: [files.read('figures/')],
    });

    new StreamWorker(this, 'CollectFigures', service, {
      entry: 'report/collect-figures',
      impact:
        'The public figures lack facts: registrations, purchases or payments are missing from the published sums.',
      needs: [files.write('figures/')],
      filters: [
        FilterCriteria.filter({
          eventName: FilterRule.isEqual('INSERT'),
          dynamodb: { Keys: { pk: { S: FilterRule.beginsWith('P#') }, sk: { S: FilterRule.beginsWith('E#') } } },
        }),
      ],
    });
    new ScheduledFunction(this, 'PublishFigures', service, {
      entry: 'report/publish-figures',
      every: Duration.minutes(1),
      impact: 'The public figures stand still: people read sums of an hour or a day ago as the present.',
      needs: [files.read('figures/'), files.write('figures/'), files.remove('figures/')],
    });
  }
}

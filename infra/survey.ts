import { Construct } from 'constructs';
import { ApiFunction } from '#infra/blocks/api-function.ts';
import type { Service } from '#infra/blocks/service.ts';
import { answerOpenSurvey, listSurveys, readSurvey } from '#shared/survey/survey-api.ts';

/** Paid surveys: what is asked, and the answers. */
export class Survey extends Construct {
  constructor(scope: Construct, id: string, service: Service) {
    super(scope, id);
    const { table, keys } = service;

    new ApiFunction(this, 'Surveys', service, {
      endpoint: [listSurveys, readSurvey, answerOpenSurvey],
      entry: 'survey/surveys',
      needs: [table.append, keys],
    });
  }
}

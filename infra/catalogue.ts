import { Construct } from 'constructs';
import { ApiFunction } from '#infra/blocks/api-function.ts';
import type { Service } from '#infra/blocks/service.ts';
import { findCourses, publishCourse, readCourse, registerPartner } from '#shared/catalogue/catalogue-api.ts';

/** Partners and the courses that citizens choose from. */
export class Catalogue extends Construct {
  constructor(scope: Construct, id: string, service: Service) {
    super(scope, id);
    const { table, keys } = service;

    new ApiFunction(this, 'RegisterPartner', service, {
      endpoint: registerPartner,
      entry: 'catalogue/register-partner',
      needs: [table.append, keys],
    });
    new ApiFunction(this, 'PublishCourse', service, {
      endpoint: publishCourse,
      entry: 'catalogue/publish-course',
      needs: [table.append],
    });
    new ApiFunction(this, 'FindCourses', service, {
      endpoint: findCourses,
      entry: 'catalogue/find-courses',
      needs: [table.read, table.lookup],
    });
    new ApiFunction(this, 'ReadCourse', service, {
      endpoint: readCourse,
      entry: 'catalogue/read-course',
      needs: [table.read],
    });
  }
}

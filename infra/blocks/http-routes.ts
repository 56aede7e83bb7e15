import { Duration } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  HttpApi,
  HttpIntegrationType,
  HttpMethod,
  HttpNoneAuthorizer,
  HttpRoute,
  HttpRouteIntegration,
  HttpRouteKey,
  HttpStage,
  type IHttpRouteAuthorizer,
  IntegrationCredentials,
  LogGroupLogDestination,
  PayloadFormatVersion,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpUserPoolAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Accounts } from '#infra/blocks/accounts.ts';
import type { HouseFunction } from '#infra/blocks/house-function.ts';
import { impactAlarm } from '#infra/blocks/impact-alarm.ts';
import type { Stage } from '#infra/stages.ts';
import type { Access, Capability, Endpoint } from '#shared/platform/endpoint.ts';

export interface HttpRoutesProps {
  readonly stage: Stage;
  readonly accounts: Accounts;
  readonly onAlarm: IAlarmAction;
}

/** No address of the caller and no path: both name people. The request id leads to the function's own log. */
const accessLog = AccessLogFormat.custom(
  JSON.stringify({
    at: '$context.requestTime',
    requestId: '$context.requestId',
    route: '$context.routeKey',
    status: '$context.status',
    latencyMilliseconds: '$context.responseLatency',
    integrationError: '$context.integrationErrorMessage',
    authorizerError: '$context.authorizer.error',
  }),
);

/** A function that API Gateway calls in a role. */
class FunctionIntegration extends HttpRouteIntegration {
  private readonly target: IFunction;
  private readonly role: Role;

  constructor(target: IFunction, role: Role) {
    super('Integration');
    this.target = target;
    this.role = role;
  }

  bind() {
    return {
      type: HttpIntegrationType.AWS_PROXY,
      uri: this.target.functionArn,
      payloadFormatVersion: PayloadFormatVersion.VERSION_2_0,
      credentials: IntegrationCredentials.fromRole(this.role),
    };
  }
}

/** The HTTP API. Its routes come one by one from the endpoints. */
export class HttpRoutes extends Construct {
  readonly api: HttpApi;
  /** One role that calls all functions behind routes, instead of a permission on each: a stack may have 500 resources. */
  private readonly role: Role;
  private readonly calls = new PolicyDocument();
  private readonly stage: Stage;
  private readonly logs = new Map<Capability, LogGroup>();
  private readonly authorizers: Readonly<Record<Access, IHttpRouteAuthorizer>>;

  constructor(scope: Construct, id: string, { stage, accounts, onAlarm }: HttpRoutesProps) {
    super(scope, id);
    this.stage = stage;
    this.api = new HttpApi(this, 'Http', { createDefaultStage: false });
    const { requestsPerSecond: rateLimit, burst: burstLimit } = stage.throttling;
    const logGroup = new LogGroup(this, 'AccessLogs', {
      retention: stage.logRetention,
      removalPolicy: stage.removalPolicy,
    });
    new HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit, burstLimit },
      accessLogSettings: { destination: new LogGroupLogDestination(logGroup), format: accessLog },
    });

    this.role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('apigateway.amazonaws.com'),
      inlinePolicies: { Calls: this.calls },
    });
    const token = new HttpUserPoolAuthorizer('Token', accounts.pool, { userPoolClients: [accounts.client] });
    const open = new HttpNoneAuthorizer(); // Partners and institutions sign the body, which no authorizer sees.
    this.authorizers = {
      public: open,
      partner: open,
      webhook: open,
      payment_partner: open,
      citizen: token,
      operator: token,
    };

    const impact = 'Citizens, operators and partners get errors from our side instead of answers.';
    const metric = this.api.metricServerError({ statistic: 'Sum', period: Duration.minutes(5) });
    impactAlarm(this, 'ServerErrors', { metric, threshold: stage.alarms.serverErrors, impact, onAlarm });
  }

  /** The log group of a capability's functions behind routes: each line names its operation, and a stack may have 500 resources. */
  logsOf(capability: Capability): LogGroup {
    const { logRetention: retention, removalPolicy } = this.stage;
    const logs = this.logs.get(capability) ?? new LogGroup(this, `Logs-${capability}`, { retention, removalPolicy });
    this.logs.set(capability, logs);
    return logs;
  }

  /** Sends the requests of endpoints to a function, by one integration. */
  add(endpoints: readonly Endpoint[], { lambda }: HouseFunction, scope: Construct): void {
    const call = { actions: ['lambda:InvokeFunction'], resources: [lambda.functionArn] };
    this.calls.addStatements(new PolicyStatement(call));
    const integration = new FunctionIntegration(lambda, this.role);
    for (const { operation, method, path, access } of endpoints) {
      new HttpRoute(scope, endpoints.length === 1 ? 'Route' : `Route-${operation}`, {
        httpApi: this.api,
        routeKey: HttpRouteKey.with(path, HttpMethod[method]),
        integration,
        authorizer: this.authorizers[access],
      });
    }
  }
}

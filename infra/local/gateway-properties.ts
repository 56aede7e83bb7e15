import * as z from 'zod';
import { count, flag, ignored } from '#infra/local/names.ts';

/* What of an HTTP API is served here. All other properties are refused. */

export const Cors = z.strictObject({
  AllowOrigins: z.array(z.string()).default([]),
  AllowMethods: z.array(z.string()).default([]),
  AllowHeaders: z.array(z.string()).default([]),
  ExposeHeaders: z.array(z.string()).default([]),
  AllowCredentials: flag.default(false),
  MaxAge: count.optional(),
});

export const ApiProperties = z.strictObject({
  Name: z.string(),
  ProtocolType: z.literal('HTTP'),
  CorsConfiguration: Cors.optional(),
  Description: ignored,
  DisableExecuteApiEndpoint: z.literal(false).optional(),
  IpAddressType: ignored,
  Tags: ignored,
});

export const IntegrationProperties = z.strictObject({
  ApiId: z.string(),
  IntegrationType: z.literal('AWS_PROXY'),
  IntegrationUri: z.string(),
  PayloadFormatVersion: z.literal('2.0'),
  IntegrationMethod: ignored,
  /** The role in which the function is called; without one, a permission on the function lets the API. */
  CredentialsArn: z.string().optional(),
  TimeoutInMillis: count.optional(),
  Description: ignored,
});

export const RouteProperties = z.strictObject({
  ApiId: z.string(),
  RouteKey: z.string(),
  Target: z.string().startsWith('integrations/'),
  AuthorizationType: z.enum(['NONE', 'JWT']).default('NONE'),
  AuthorizerId: z.string().optional(),
  AuthorizationScopes: z.array(z.string()).default([]),
  OperationName: ignored,
});

/** Access logs and throttling are for the real service: one machine has one caller. */
export const StageProperties = z.strictObject({
  ApiId: z.string(),
  StageName: z.literal('$default', 'only the $default stage runs here'),
  AutoDeploy: ignored,
  AccessLogSettings: ignored,
  DefaultRouteSettings: ignored,
  RouteSettings: ignored,
  Description: ignored,
  Tags: ignored,
});
export type Cors = z.infer<typeof Cors>;

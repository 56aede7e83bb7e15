import { variables } from '#shared/platform/environment.ts';

/*
 * Imported before a file of functions/, whose last lines read the environment. Nothing is ever sent to these addresses:
 * tests hand the handlers their own stores.
 */
process.env[variables.paymentPartnerCode] ??= 'switching';
process.env[variables.motherNameUse] ??= 'off';
process.env[variables.registryChecksPerSecond] ??= '50';
for (const name of Object.values(variables)) process.env[name] ??= `https://${name.toLowerCase()}.invalid`;
process.env['TIMESTAMP_TOLERANCE_SECONDS'] = '300';
process.env['AWS_REGION'] ??= 'ap-southeast-3';
process.env['POWERTOOLS_LOG_LEVEL'] ??= 'SILENT';

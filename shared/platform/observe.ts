import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';

/** Made once per function; the service name is the capability (POWERTOOLS_SERVICE_NAME). */
export const logger = new Logger();
export const metrics = new Metrics({ namespace: 'Prakerja' });

import { Logger } from '@aws-lambda-powertools/logger';

/** Made once per function; the service name is the capability (POWERTOOLS_SERVICE_NAME). */
export const logger = new Logger();

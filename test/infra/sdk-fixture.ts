import { CognitoIdentityProviderClient, SignUpCommand } from '@aws-sdk/client-cognito-identity-provider';
import { ConditionalCheckFailedException, DynamoDBClient, DynamoDBServiceException } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';

/** What the functions use of the SDK: `runtime.test.ts` looks at it as it comes, and as it is bundled. */
export const sdk = {
  CognitoIdentityProviderClient,
  ConditionalCheckFailedException,
  DynamoDBClient,
  DynamoDBDocumentClient,
  DynamoDBServiceException,
  GetCommand,
  PutCommand,
  QueryCommand,
  SignUpCommand,
};

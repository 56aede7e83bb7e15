import { CfnOutput, CfnParameter, Stack, type StackProps } from 'aws-cdk-lib';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { Construct } from 'constructs';
import { AlarmTopic } from '#infra/blocks/alarm-topic.ts';
import type { Need } from '#infra/blocks/house-function.ts';
import { HttpRoutes } from '#infra/blocks/http-routes.ts';
import { secretNeed, settingNeed } from '#infra/blocks/needs.ts';
import type { Service } from '#infra/blocks/service.ts';
import { Catalogue } from '#infra/catalogue.ts';
import { Certificate } from '#infra/certificate.ts';
import { Credit } from '#infra/credit.ts';
import type { DataStack } from '#infra/data-stack.ts';
import { Incentive } from '#infra/incentive.ts';
import { Operations } from '#infra/operations.ts';
import { Purchase } from '#infra/purchase.ts';
import { Registration } from '#infra/registration.ts';
import { Report } from '#infra/report.ts';
import { Selection } from '#infra/selection.ts';
import type { Stage } from '#infra/stages.ts';
import { Survey } from '#infra/survey.ts';
import { Training } from '#infra/training.ts';
import { bySns } from '#shared/operations/sns-gateway.ts';
import type { Variable } from '#shared/platform/environment.ts';
import { quicknet } from '#shared/selection/beacon.ts';

export interface ServiceStackProps extends StackProps {
  readonly stage: Stage;
  readonly data: DataStack;
}

/** Send short messages by SNS. A phone number is no resource, so everything is allowed and then every topic denied. */
const textsBySns: Need = (user) => {
  user.may(['sns:Publish'], ['*']);
  user.mayNot(['sns:Publish'], ['arn:aws:sns:*:*:*']);
  user.knows('messageGatewayUrl', bySns);
};

/** What serves: can be deployed, rolled back or thrown away without losing a fact. */
export class ServiceStack extends Stack {
  constructor(scope: Construct, id: string, { stage, data, ...props }: ServiceStackProps) {
    super(scope, id, props);
    const onAlarm = new SnsAction(new AlarmTopic(this, 'Alarms').topic);
    const routes = new HttpRoutes(this, 'Api', { stage, accounts: data.accounts, onAlarm });
    const service: Service = {
      stage,
      routes,
      onAlarm,
      table: data.table,
      files: data.files,
      accounts: data.accounts,
      keys: (user) => {
        secretNeed('keysSecretArn', data.keys)(user);
        secretNeed('sealingKeysSecretArn', data.sealingKeys)(user);
      },
      sealingKeys: secretNeed('sealingKeysSecretArn', data.sealingKeys),
      partners: secretNeed('partnersSecretArn', data.partners),
      paymentPartners: secretNeed('paymentPartnersSecretArn', data.paymentPartners),
      civilRegistry: this.outside(
        'CivilRegistryUrl',
        'civilRegistryUrl',
        'The civil registry that confirms identities',
      ),
      messageGateway:
        stage.textsBy === 'sns'
          ? textsBySns
          : this.outside('MessageGatewayUrl', 'messageGatewayUrl', 'The gateway that sends SMS and e-mail'),
      beacon: this.beacon(),
      publicUrl: settingNeed('publicUrl', routes.api.apiEndpoint),
      timestampTolerance: settingNeed('timestampToleranceSeconds', String(stage.timestampToleranceSeconds)),
    };

    const registration = new Registration(this, 'Registration', service);
    const selection = new Selection(this, 'Selection', service);
    const credit = new Credit(this, 'Credit', service);
    new Catalogue(this, 'Catalogue', service);
    const purchase = new Purchase(this, 'Purchase', service);
    new Training(this, 'Training', service);
    const certificate = new Certificate(this, 'Certificate', service);
    const incentive = new Incentive(this, 'Incentive', service, purchase);
    new Survey(this, 'Survey', service);
    new Report(this, 'Report', service);
    new Operations(this, 'Operations', service, { registration, selection, credit, purchase, certificate, incentive });

    new CfnOutput(this, 'ApiUrl', { value: routes.api.apiEndpoint });
  }

  /** A service of somebody else, whose address each deployment says. */
  private outside(parameter: string, variable: Variable, description: string, byDefault?: string): Need {
    const allowedPattern = '^https?://[^ /]+(/[^ ]*[^ /])?$';
    const constraintDescription = 'an http or https address without a slash at its end';
    const { valueAsString } = new CfnParameter(this, parameter, {
      description,
      allowedPattern,
      constraintDescription,
      ...(byDefault !== undefined && { default: byDefault }),
    });
    return settingNeed(variable, valueAsString);
  }

  /** A relay and its chain: what a relay says is believed only with a signature by the chain's key. */
  private beacon(): Need {
    const relay = this.outside('BeaconUrl', 'beaconUrl', 'A relay of the public randomness', 'https://api.drand.sh');
    const { valueAsString } = new CfnParameter(this, 'BeaconChain', {
      description: 'The drand chain that signs the randomness of draws',
      default: JSON.stringify(quicknet),
      // Of the shape only, but at the deployment: a function would find out on the day of a draw.
      allowedPattern: `^\\{"chainHash":"[0-9a-f]{64}","publicKey":"[0-9a-f]{192}","scheme":"${quicknet.scheme}","genesisSeconds":\\d+,"periodSeconds":\\d+\\}$`,
      constraintDescription:
        'the JSON of a BeaconChain (shared/selection/beacon.ts), its members in order and without spaces',
    });
    const chain = settingNeed('beaconChain', valueAsString);
    return (user) => {
      relay(user);
      chain(user);
    };
  }
}

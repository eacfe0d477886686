import { describe, expect, test } from 'vitest';
import { expected, type MappedCase, mapped, rowsOf } from './mapped-events.ts';

const trail = (over: object) => ({
  eventVersion: '1.09',
  eventTime: '2026-03-01T10:00:00Z',
  eventSource: 'iam.amazonaws.com',
  eventName: 'GetUser',
  awsRegion: 'eu-north-1',
  sourceIPAddress: '198.51.100.7',
  userAgent: 'aws-cli/2.15',
  eventID: 'e-1',
  eventType: 'AwsApiCall',
  recipientAccountId: '000123456789',
  userIdentity: { type: 'IAMUser', accountId: '000123456789', userName: 'mara', arn: 'arn:aws:iam::1:user/mara' },
  ...over,
});

const signIn = (over: object, properties: object = {}) => ({
  time: '2026-03-01T10:00:00.1234567Z',
  category: 'SignInLogs',
  operationName: 'Sign-in activity',
  resourceId: '/tenants/t1/providers/Microsoft.aadiam',
  tenantId: 't1',
  resultType: '0',
  properties: {
    id: 'p1',
    userPrincipalName: 'mara@example.org',
    appId: 'a1',
    ipAddress: '198.51.100.7',
    status: { errorCode: 0 },
    ...properties,
  },
  ...over,
});

const audited = (over: object) => ({
  CreationTime: '2026-03-01T10:00:00',
  Id: 'r1',
  Operation: 'UserLoggedIn',
  RecordType: 15,
  Workload: 'AzureActiveDirectory',
  UserId: 'mara@example.org',
  OrganizationId: 'AAAA-1',
  ...over,
});

const sources: Record<string, MappedCase[]> = {
  'AWS CloudTrail': [
    {
      event: trail({ eventName: 'CreateUser', requestParameters: { userName: 'eve', tags: [], path: null } }),
      fields: {
        _index: 'logs-aws.cloudtrail-default',
        'event.action': 'CreateUser',
        'event.provider': 'iam.amazonaws.com',
        'event.category': 'iam',
        'event.type': ['user', 'creation'],
        'event.outcome': 'success',
        'event.dataset': 'aws.cloudtrail',
        'event.module': 'aws',
        'cloud.account.id': '000123456789',
        'cloud.region': 'eu-north-1',
        'source.ip': '198.51.100.7',
        'user.name': 'mara',
        'user.target.name': 'eve',
        'user_agent.original': 'aws-cli/2.15',
        // What is empty is left out, as Elastic's pipeline does before it writes the text.
        'aws.cloudtrail.request_parameters': '{userName=eve}',
        'aws.cloudtrail.flattened.request_parameters.userName': 'eve',
      },
    },
    {
      event: trail({
        errorCode: 'AccessDenied',
        sourceIPAddress: 'autoscaling.amazonaws.com',
        userIdentity: {
          type: 'AssumedRole',
          principalId: 'AROA1:session',
          sessionContext: { sessionIssuer: { userName: 'deployer' }, attributes: { mfaAuthenticated: 'false' } },
        },
      }),
      fields: {
        'event.outcome': 'failure',
        'event.type': ['info', 'user'],
        'source.address': 'autoscaling.amazonaws.com',
        'source.ip': null,
        'user.name': 'deployer',
        'user.id': 'AROA1:session',
        'aws.cloudtrail.error_code': 'AccessDenied',
        'aws.cloudtrail.user_identity.session_context.mfa_authenticated': 'false',
      },
    },
    {
      event: trail({
        eventName: 'ConsoleLogin',
        eventSource: 'signin.amazonaws.com',
        responseElements: { ConsoleLogin: 'Failure' },
        additionalEventData: { MFAUsed: 'No', LoginTo: 'https://console' },
      }),
      fields: {
        'event.outcome': 'failure',
        'event.category': 'authentication',
        'aws.cloudtrail.console_login.additional_eventdata.mfa_used': false,
        'aws.cloudtrail.response_elements': '{ConsoleLogin=Failure}',
      },
    },
    {
      event: { 'detail-type': 'AWS API Call via CloudTrail', source: 'aws.iam', detail: trail({ eventID: 'e-2' }) },
      fields: {
        _index: 'logs-aws.cloudtrail-default',
        'event.action': 'GetUser',
        'event.id': 'e-2',
        'user.name': 'mara',
      },
    },
    {
      event: { message: JSON.stringify(trail({ eventID: 'e-3', requestParameters: { userName: 'eve' } })) },
      fields: {
        _index: 'logs-aws.cloudtrail-default',
        'event.action': 'GetUser',
        'event.id': 'e-3',
        'aws.cloudtrail.request_parameters': '{userName=eve}',
      },
    },
    {
      event: { CloudTrailEvent: JSON.stringify(trail({ eventID: 'e-4' })), EventName: 'GetUser', Username: 'mara' },
      fields: { 'event.action': 'GetUser', 'event.id': 'e-4' },
    },
  ],
  Okta: [
    {
      event: {
        uuid: 'u-1',
        published: '2026-03-01T10:00:00.123Z',
        eventType: 'user.session.start',
        displayMessage: 'User login to Okta',
        outcome: { result: 'FAILURE', reason: 'INVALID_CREDENTIALS' },
        actor: { id: '00u1', type: 'User', alternateId: 'mara@example.org', displayName: 'Mara' },
        client: {
          ipAddress: '198.51.100.7',
          device: 'Computer',
          zone: 'null',
          userAgent: { rawUserAgent: 'Mozilla/5.0' },
          geographicalContext: { city: 'Oslo', country: 'Norway', state: null },
        },
        securityContext: { isProxy: false, asNumber: 64500, asOrg: null },
        authenticationContext: { authenticationStep: 0, externalSessionId: 's-1' },
        debugContext: {
          debugData: {
            dtHash: 'd1',
            requestUri: '/api/v1/authn',
            threatSuspected: 'false',
            risk: '{reasons=Anomalous Device, New City, level=HIGH}',
            behaviors: '{New IP=POSITIVE, New City=NEGATIVE, Velocity=POSITIVE}',
          },
        },
        target: [
          { id: '0oa1', type: 'AppInstance', alternateId: 'app', displayName: 'App' },
          { id: '00u2', type: 'User', alternateId: 'eve@example.org', displayName: 'Eve' },
          { id: '00u3', type: 'User', alternateId: 'ann@example.org', displayName: 'Ann' },
        ],
      },
      fields: {
        _index: 'logs-okta.system-default',
        'event.action': 'user.session.start',
        'event.category': ['authentication', 'session'],
        'event.type': ['start', 'info'],
        'event.outcome': 'failure',
        'okta.outcome.reason': 'INVALID_CREDENTIALS',
        'okta.actor.alternate_id': 'mara@example.org',
        'okta.client.ip': '198.51.100.7',
        'okta.security_context.is_proxy': false,
        'okta.authentication_context.authentication_step': 0,
        'okta.debug_context.debug_data.dt_hash': 'd1',
        'okta.debug_context.debug_data.risk_level': 'HIGH',
        'okta.debug_context.debug_data.risk_reasons': ['Anomalous Device', 'New City'],
        'okta.debug_context.debug_data.risk_behaviors': ['New IP', 'Velocity'],
        'client.geo.city_name': 'Oslo',
        'client.geo.region_name': null,
        'client.as.organization.name': null,
        'user.target.full_name': 'Eve',
        'user.target.id': '00u2',
        'source.user.full_name': 'Mara',
      },
    },
    {
      event: {
        detail: {
          uuid: 'u-2',
          published: '2026-03-01T10:00:00Z',
          eventType: 'policy.evaluate_sign_on',
          outcome: { result: 'CHALLENGE' },
          debugContext: {
            debugData: { logOnlySecurityData: '{"risk":{"level":"LOW","reasons":"New IP, New Device"}}' },
          },
        },
      },
      fields: {
        'event.id': 'u-2',
        'event.outcome': 'unknown',
        'okta.debug_context.debug_data.risk_level': 'LOW',
        'okta.debug_context.debug_data.risk_reasons': ['New IP', 'New Device'],
      },
    },
  ],
  'Entra ID sign-ins': [
    {
      event: signIn({ callerIpAddress: '203.0.113.9', durationMs: 3 }),
      fields: {
        _index: 'logs-azure.signinlogs-default',
        'event.category': 'authentication',
        'event.outcome': 'success',
        'event.duration': 3_000_000,
        'source.ip': '198.51.100.7',
        'user.name': 'mara',
        'user.domain': 'example.org',
        'azure.tenant_id': 't1',
        'azure.signinlogs.result_type': '0',
        'azure.signinlogs.properties.app_id': 'a1',
        'azure.signinlogs.properties.user_principal_name': 'mara@example.org',
        'azure.signinlogs.properties.status.error_code': 0,
      },
    },
    {
      event: signIn(
        { category: 'ServicePrincipalSignInLogs', resultType: 7000222 },
        {
          userPrincipalName: null,
          servicePrincipalId: 'sp1',
          status: { errorCode: 7000222, failureReason: 'expired', additionalDetails: 'keys' },
          deviceDetail: { isManaged: false, operatingSystem: 'Linux' },
          authenticationDetails: [{ authenticationMethod: 'Password' }, { authenticationMethod: 'Text' }],
          sessionId: 's1',
        },
      ),
      fields: {
        'event.outcome': 'failure',
        message: 'expired (keys)',
        'user.name': null,
        'azure.signinlogs.category': 'ServicePrincipalSignInLogs',
        'azure.signinlogs.result_type': '7000222',
        'azure.signinlogs.properties.service_principal_id': 'sp1',
        'azure.signinlogs.properties.device_detail.is_managed': false,
        'azure.signinlogs.properties.device_detail.operating_system': 'Linux',
        'azure.signinlogs.properties.authentication_details.authentication_method': ['Password', 'Text'],
        'azure.signinlogs.properties.session_id': 's1',
      },
    },
    {
      // The portal's export has the names of Microsoft Graph at the top.
      event: {
        createdDateTime: '2026-03-01T10:00:00Z',
        userPrincipalName: 'mara@example.org',
        appId: 'a1',
        ipAddress: '198.51.100.7',
        isInteractive: false,
        conditionalAccessStatus: 'success',
        status: { errorCode: 50126, failureReason: 'bad password' },
      },
      fields: {
        _index: 'logs-azure.signinlogs-default',
        'event.outcome': 'failure',
        'azure.signinlogs.category': 'NonInteractiveUserSignInLogs',
        'azure.signinlogs.properties.app_id': 'a1',
        'azure.signinlogs.properties.is_interactive': false,
        'source.ip': '198.51.100.7',
      },
    },
    {
      event: {
        TimeGenerated: '2026-03-01T10:00:00Z',
        Type: 'AADNonInteractiveUserSignInLogs',
        ResultType: '50074',
        UserPrincipalName: 'mara@example.org',
        AppId: 'a1',
        IPAddress: '198.51.100.7',
        DeviceDetail: '{"browser":"Edge 120","isManaged":true}',
      },
      fields: {
        _index: 'logs-azure.signinlogs-default',
        'azure.signinlogs.category': 'NonInteractiveUserSignInLogs',
        'azure.signinlogs.properties.status.error_code': 50074,
        'azure.signinlogs.properties.device_detail.browser': 'Edge 120',
        'azure.signinlogs.properties.device_detail.is_managed': true,
      },
    },
  ],
  'Azure audit, activity, Graph and resource logs': [
    {
      event: {
        time: '2026-03-01T10:00:00Z',
        category: 'AuditLogs',
        operationName: 'Add member to role',
        properties: {
          result: 'Success',
          category: 'RoleManagement',
          tenantId: 't1',
          initiatedBy: { user: { userPrincipalName: 'mara@example.org', ipAddress: '198.51.100.7' } },
          additionalDetails: [
            { key: 'User-Agent', value: 'x' },
            { key: 'AppId', value: 'a1' },
          ],
          targetResources: [
            {
              displayName: 'Eve',
              type: 'User',
              modifiedProperties: [
                { displayName: 'Role.ObjectID', newValue: '"1"' },
                { displayName: 'Role.DisplayName', oldValue: null, newValue: '"Global Administrator"' },
              ],
            },
            { displayName: 'Other', type: 'Role' },
          ],
        },
      },
      fields: {
        _index: 'logs-azure.auditlogs-default',
        'event.action': 'Add member to role',
        'event.outcome': 'success',
        'source.ip': '198.51.100.7',
        'azure.auditlogs.operation_name': 'Add member to role',
        'azure.auditlogs.properties.category': 'RoleManagement',
        'azure.auditlogs.properties.initiated_by.user.userPrincipalName': 'mara@example.org',
        'azure.auditlogs.properties.additional_details.value': ['a1', 'x'],
        'azure.auditlogs.properties.target_resources.0.display_name': 'Eve',
        'azure.auditlogs.properties.target_resources.1.type': 'Role',
        'azure.auditlogs.properties.target_resources.0.modified_properties.1.new_value': '"Global Administrator"',
      },
    },
    {
      event: {
        time: '2026-03-01T10:00:00Z',
        category: 'Delete',
        operationName: 'MICROSOFT.COMPUTE/SNAPSHOTS/DELETE',
        resultType: 'Success',
        callerIpAddress: '198.51.100.7',
        resourceId: '/SUBSCRIPTIONS/S1/RESOURCEGROUPS/G1/PROVIDERS/MICROSOFT.COMPUTE/SNAPSHOTS/SNAP1',
        identity: {
          authorization: { evidence: { principalId: 'pr1', principalType: 'User' } },
          claims: { appid: 'ap1', 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name': 'mara@example.org' },
        },
      },
      fields: {
        _index: 'logs-azure.activitylogs-default',
        'event.type': 'deletion',
        'event.outcome': 'success',
        'azure.activitylogs.operation_name': 'MICROSOFT.COMPUTE/SNAPSHOTS/DELETE',
        'azure.activitylogs.identity.authorization.evidence.principal_id': 'pr1',
        'azure.activitylogs.identity.claims.appid': 'ap1',
        'azure.activitylogs.identity.claims_initiated_by_user.name': 'mara@example.org',
        'azure.resource.name': 'SNAP1',
        'azure.resource.group': 'G1',
        'azure.resource.provider': 'MICROSOFT.COMPUTE/SNAPSHOTS',
        'azure.subscription_id': 'S1',
        'user.name': 'mara',
        'user.domain': 'example.org',
      },
    },
    {
      event: {
        time: '2026-03-01T10:00:00Z',
        category: 'MicrosoftGraphActivityLogs',
        operationName: 'Microsoft Graph Activity',
        callerIpAddress: '198.51.100.7',
        properties: {
          appId: 'a1',
          C_Idtyp: 'user',
          clientAuthMethod: '0',
          requestMethod: 'GET',
          requestUri: 'https://graph.microsoft.com/v1.0/users?$top=5',
          responseStatusCode: 200,
          scopes: 'User.Read Mail.Read',
          userPrincipalObjectID: 'o1',
        },
      },
      fields: {
        _index: 'logs-azure.graphactivitylogs-default',
        'azure.graphactivitylogs.properties.app_id': 'a1',
        'azure.graphactivitylogs.properties.c_idtyp': 'user',
        'azure.graphactivitylogs.properties.scopes': ['Mail.Read', 'User.Read'],
        'azure.graphactivitylogs.properties.user_principal_object_id': 'o1',
        'http.request.method': 'GET',
        'http.response.status_code': 200,
        'url.domain': 'graph.microsoft.com',
        'url.path': '/v1.0/users',
      },
    },
    {
      event: {
        time: '2026-03-01T10:00:00Z',
        category: 'kube-audit',
        operationName: 'Microsoft.ContainerService/managedClusters/diagnosticLogs/Read',
        resourceId: '/SUBSCRIPTIONS/S1/RESOURCEGROUPS/G1/PROVIDERS/MICROSOFT.CONTAINERSERVICE/MANAGEDCLUSTERS/C1',
        properties: { log: JSON.stringify({ verb: 'create', objectRef: { resource: 'pods' } }) },
      },
      fields: {
        _index: 'logs-azure.platformlogs-default',
        'azure.platformlogs.category': 'kube-audit',
        'azure.platformlogs.properties.log.verb': 'create',
        'azure.platformlogs.properties.log.objectRef.resource': 'pods',
        'azure.resource.name': 'C1',
      },
    },
  ],
  'Microsoft 365': [
    {
      event: audited({
        ClientIP: '[2001:db8::7]:4431',
        ResultStatus: 'Failed',
        ExtendedProperties: [
          { Name: 'RequestType', Value: 'OAuth2:Authorize' },
          { Name: 'UserAgent', Value: 'Mozilla/5.0' },
        ],
        Target: [{ ID: 'x', Type: 0 }],
        UserType: 0,
      }),
      fields: {
        _index: 'logs-o365.audit-default',
        '@timestamp': '2026-03-01T10:00:00.000Z',
        'event.action': 'UserLoggedIn',
        'event.provider': 'AzureActiveDirectory',
        'event.code': 'AzureActiveDirectoryStsLogon',
        'event.category': ['web', 'authentication'],
        'event.outcome': 'failure',
        'source.ip': '2001:db8::7',
        'client.port': 4431,
        'network.type': 'ipv6',
        'user.name': 'mara',
        'user.domain': 'example.org',
        'user.email': 'mara@example.org',
        'user_agent.original': 'Mozilla/5.0',
        'organization.id': 'aaaa-1',
        'o365.audit.ExtendedProperties.RequestType': 'OAuth2:Authorize',
        'o365.audit.RecordType': '15',
        'o365.audit.UserType': '0',
        'o365.audit.UserId': 'mara@example.org',
      },
    },
    {
      event: audited({
        Operation: 'New-InboxRule',
        RecordType: 1,
        Workload: 'Exchange',
        ClientIP: '198.51.100.7:1234',
        UserId: 'NT AUTHORITY\\SYSTEM',
        ResultStatus: 'True',
        Parameters: [{ Name: 'ForwardTo', Value: 'eve@example.net' }],
        OriginatingServer: 'HOST1 (198.51.100.8)\r\n',
      }),
      fields: {
        'event.code': 'ExchangeAdmin',
        'event.outcome': 'success',
        'source.ip': '198.51.100.7',
        'source.port': 1234,
        'server.ip': '198.51.100.8',
        'user.id': 'NT AUTHORITY\\SYSTEM',
        'user.name': null,
        'o365.audit.Parameters.ForwardTo': 'eve@example.net',
      },
    },
    {
      event: audited({
        Operation: 'Add member to role.',
        RecordType: 8,
        ObjectId: 'eve@example.org',
        ModifiedProperties: [{ Name: 'Role.DisplayName', OldValue: '', NewValue: 'Global Administrator' }],
      }),
      fields: {
        'event.action': 'Add member to role.',
        'event.outcome': 'success',
        'user.target.name': 'eve',
        'o365.audit.ModifiedProperties.Role_DisplayName.NewValue': 'Global Administrator',
      },
    },
    {
      event: {
        RecordType: 'ExchangeItem',
        CreationDate: '2026-03-01T10:00:00',
        UserIds: 'mara@example.org',
        Operations: 'MailItemsAccessed',
        AuditData: JSON.stringify(audited({ Operation: 'MailItemsAccessed', RecordType: 50, Workload: 'Exchange' })),
      },
      fields: {
        _index: 'logs-o365.audit-default',
        'event.action': 'MailItemsAccessed',
        'event.code': 'ExchangeItemAggregated',
        'user.name': 'mara',
      },
    },
  ],
  'Kubernetes, Google Cloud, GitHub': [
    {
      event: {
        kind: 'Event',
        apiVersion: 'audit.k8s.io/v1',
        auditID: 'k1',
        stage: 'ResponseComplete',
        level: 'Request',
        requestURI: '/api/v1/namespaces/prod/pods/p1/exec',
        verb: 'create',
        user: { username: 'system:anonymous', groups: ['a', 'b'] },
        sourceIPs: ['198.51.100.7', '10.0.0.1'],
        userAgent: 'kubectl/v1.30',
        objectRef: { resource: 'pods', subresource: 'exec', namespace: 'prod', name: 'p1' },
        responseStatus: { code: 101 },
        requestReceivedTimestamp: '2026-03-01T10:00:00.123456Z',
        annotations: { 'authorization.k8s.io/decision': 'forbid', 'authorization.k8s.io/reason': '' },
        requestObject: { spec: { containers: [{ image: 'x:1' }, { image: 'y:2' }] } },
      },
      fields: {
        _index: 'logs-kubernetes.audit_logs-default',
        'event.action': 'create',
        'event.outcome': 'failure',
        'user.name': 'system:anonymous',
        'source.ip': ['10.0.0.1', '198.51.100.7'],
        'kubernetes.audit.annotations.authorization_k8s_io/decision': 'forbid',
        'kubernetes.audit.annotations.authorization_k8s_io/reason': null,
        'kubernetes.audit.objectRef.subresource': 'exec',
        'kubernetes.audit.user.groups': ['a', 'b'],
        'kubernetes.audit.responseStatus.code': 101,
        'container.image.name': ['x:1', 'y:2'],
        'orchestrator.namespace': 'prod',
      },
    },
    {
      event: {
        insertId: 'g1',
        logName: 'projects/p1/logs/cloudaudit.googleapis.com%2Factivity',
        timestamp: '2026-03-01T10:00:00.123456789Z',
        severity: 'NOTICE',
        resource: { type: 'service_account', labels: { project_id: 'p1' } },
        protoPayload: {
          '@type': 'type.googleapis.com/google.cloud.audit.AuditLog',
          methodName: 'google.iam.admin.v1.CreateServiceAccountKey',
          serviceName: 'iam.googleapis.com',
          resourceName: 'projects/p1/serviceAccounts/1',
          authenticationInfo: { principalEmail: 'mara@example.org' },
          authorizationInfo: [{ permission: 'iam.serviceAccountKeys.create', granted: true }],
          requestMetadata: { callerIp: 'private', callerSuppliedUserAgent: 'gcloud' },
          request: { '@type': 't', name: 'n' },
          status: {},
        },
      },
      fields: {
        _index: 'logs-gcp.audit-default',
        '@timestamp': '2026-03-01T10:00:00.123Z',
        'event.action': 'google.iam.admin.v1.CreateServiceAccountKey',
        'event.outcome': 'success',
        'event.provider': 'activity',
        'event.type': ['access', 'allowed'],
        'client.user.email': 'mara@example.org',
        'source.ip': null,
        'service.name': 'iam.googleapis.com',
        'gcp.audit.resource_name': 'projects/p1/serviceAccounts/1',
        'gcp.audit.request.name': 'n',
        'cloud.project.id': 'p1',
      },
    },
    {
      event: {
        '@timestamp': 1_772_359_200_123,
        _document_id: 'd1',
        action: 'org.add_member',
        actor: 'mara',
        org: 'acme',
        user: 'eve',
        public_repo: false,
        reasons: [{ code: 'c1', message: 'm1' }],
      },
      fields: {
        _index: 'logs-github.audit-default',
        '@timestamp': '2026-03-01T10:00:00.123Z',
        'event.action': 'org.add_member',
        'event.type': ['group', 'user', 'creation'],
        'event.category': ['configuration', 'web', 'iam'],
        'github.category': 'org',
        'github.org': 'acme',
        'github.repository_public': false,
        'github.reasons.code': 'c1',
        'user.name': 'mara',
        'user.target.name': 'eve',
        'group.name': 'acme',
      },
    },
  ],
  'Microsoft Defender': [
    {
      event: {
        time: '2026-03-01T10:00:01Z',
        tenantId: 't1',
        category: 'AdvancedHunting-DeviceProcessEvents',
        properties: {
          Timestamp: '2026-03-01T10:00:00.1234567Z',
          ActionType: 'ProcessCreated',
          DeviceId: 'd1',
          DeviceName: 'PC-1.Example.org',
          FileName: 'cmd.exe',
          FolderPath: 'C:\\Windows\\System32\\cmd.exe',
          ProcessId: 44,
          ProcessCommandLine: '"cmd.exe" /c "echo a b"',
          InitiatingProcessFileName: 'winword.exe',
          InitiatingProcessId: 43,
          InitiatingProcessAccountSid: 'S-1-5-21-1',
          AccountName: 'mara',
          AccountSid: 'S-1-5-21-1',
        },
      },
      fields: {
        _index: 'logs-m365_defender.event-default',
        'event.category': 'process',
        'event.type': 'start',
        'event.action': 'start',
        'host.name': 'pc-1.example.org',
        'host.os.type': 'windows',
        'process.name': 'cmd.exe',
        'process.pid': 44,
        'process.args': ['/c', 'cmd.exe', 'echo a b'],
        'process.parent.name': 'winword.exe',
        'process.parent.pid': 43,
        'user.id': 'S-1-5-21-1',
      },
    },
    {
      // An export does not name its table.
      event: {
        Timestamp: '2026-03-01T10:00:00Z',
        DeviceId: 'd1',
        ReportId: 5,
        ActionType: 'RegistryValueSet',
        RegistryKey: 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Run',
        RegistryValueName: 'a',
        RegistryValueData: 'calc.exe',
        InitiatingProcessFileName: 'reg.exe',
      },
      fields: {
        _index: 'logs-m365_defender.event-default',
        'event.category': 'registry',
        'event.type': 'change',
        'registry.path': 'HKLM\\SOFTWARE\\Run\\a',
        'registry.data.strings': 'calc.exe',
        'process.name': 'reg.exe',
        'host.os.type': 'windows',
      },
    },
  ],
};

sources['CrowdStrike Falcon'] = [
  {
    event: {
      event_simpleName: 'ProcessRollup2',
      aid: 'a1',
      cid: 'c1',
      id: 'i1',
      aip: '198.51.100.7',
      event_platform: 'Win',
      timestamp: '1772359200123',
      ProcessStartTime: '1772359199.5',
      TargetProcessId: '900719925474099312',
      ParentProcessId: '12',
      RawProcessId: '4242',
      ImageFileName: '\\Device\\HarddiskVolume3\\Windows\\System32\\cmd.exe',
      CommandLine: 'cmd.exe /c "echo a b"',
      ParentBaseFileName: 'explorer.exe',
      SHA1HashData: '0000000000000000000000000000000000000000',
      MD5HashData: '0A',
      UserSid: 'S-1-5-21-1',
      UserName: 'mara',
    },
    fields: {
      _index: 'logs-crowdstrike.fdr-default',
      '@timestamp': '2026-03-01T10:00:00.123Z',
      'event.action': 'ProcessRollup2',
      'event.category': 'process',
      'event.type': 'start',
      'host.id': 'a1',
      'host.os.type': 'windows',
      'process.entity_id': '900719925474099312',
      'process.pid': 4242,
      'process.name': 'cmd.exe',
      'process.executable': '\\Device\\HarddiskVolume3\\Windows\\System32\\cmd.exe',
      'process.args': ['/c', 'cmd.exe', 'echo a b'],
      'process.args_count': 3,
      'process.start': '2026-03-01T09:59:59.500Z',
      'process.parent.name': 'explorer.exe',
      'process.hash.md5': '0A',
      'process.hash.sha1': null,
      'user.id': 'S-1-5-21-1',
      'user.name': 'mara',
    },
  },
  {
    event: {
      event_simpleName: 'AsepValueUpdate',
      aid: 'a1',
      event_platform: 'Win',
      timestamp: '1772359200123',
      ContextProcessId: '7',
      RegObjectName: '\\REGISTRY\\MACHINE\\SOFTWARE\\Run',
      RegValueName: 'a',
      RegStringValue: 'calc.exe',
      RegType: '1',
    },
    fields: {
      'event.action': 'modification',
      'event.category': 'registry',
      'process.entity_id': '7',
      'registry.path': '\\REGISTRY\\MACHINE\\SOFTWARE\\Run\\a',
      'registry.data.strings': 'calc.exe',
      'registry.data.type': 'REG_SZ',
    },
  },
];

const activity = (application: string, over: object) => ({
  kind: 'admin#reports#activity',
  id: { time: '2026-03-01T10:00:00.000Z', uniqueQualifier: '1', applicationName: application, customerId: 'C1' },
  actor: { callerType: 'USER', email: 'mara@example.org', profileId: '7' },
  ipAddress: '198.51.100.7',
  ...over,
});

sources['Google Workspace'] = [
  {
    event: activity('admin', {
      events: [
        {
          type: 'DELEGATED_ADMIN_SETTINGS',
          name: 'ASSIGN_ROLE',
          parameters: [
            { name: 'ROLE_NAME', value: '_SEED_ADMIN_ROLE' },
            { name: 'USER_EMAIL', value: 'eve@example.org' },
          ],
        },
      ],
    }),
    fields: {
      _index: 'logs-google_workspace.admin-default',
      'event.action': 'ASSIGN_ROLE',
      'event.provider': 'admin',
      'event.category': 'iam',
      'google_workspace.admin.role.name': '_SEED_ADMIN_ROLE',
      'google_workspace.event.type': 'DELEGATED_ADMIN_SETTINGS',
      'user.name': 'mara',
      'user.target.name': 'eve',
      'source.ip': '198.51.100.7',
    },
  },
  {
    // An activity of two events has the values of both.
    event: activity('drive', {
      events: [
        {
          name: 'download',
          parameters: [
            { name: 'doc_title', value: 'a.pem' },
            { name: 'owner_is_team_drive', boolValue: false },
          ],
        },
        { name: 'edit' },
      ],
    }),
    fields: {
      _index: 'logs-google_workspace.drive-default',
      'event.action': ['download', 'edit'],
      'event.category': 'file',
      'event.type': ['change', 'info'],
      'file.extension': 'pem',
      'google_workspace.drive.owner_is_team_drive': false,
    },
  },
  {
    event: activity('login', {
      events: { name: 'login_failure', parameters: [{ name: 'login_type', value: 'saml' }] },
    }),
    fields: {
      _index: 'logs-google_workspace.login-default',
      'event.category': ['authentication', 'session'],
      'event.outcome': 'failure',
      'google_workspace.login.type': 'saml',
    },
  },
];

describe.each(Object.entries(sources))('%s', (_, cases) => {
  test('events have the fields of ECS', async () => {
    expect(await mapped(cases)).toEqual(cases.map(expected));
  });
});

describe('odd events', () => {
  test('values that are numbers in some events and texts in others count in both', async () => {
    const cases: MappedCase[] = [
      {
        event: audited({ UserType: '0', Target: 'x' }),
        fields: { 'o365.audit.UserType': '0', 'event.action': 'UserLoggedIn' },
      },
      {
        event: audited({ UserType: 4, RecordType: '15' }),
        fields: { 'o365.audit.UserType': '4', 'event.code': 'AzureActiveDirectoryStsLogon' },
      },
      {
        event: signIn({ resultType: 50126 }, { status: { errorCode: '50126' } }),
        fields: { 'azure.signinlogs.properties.status.error_code': 50126, 'event.outcome': 'failure' },
      },
      {
        event: trail({ requestParameters: 'none', userIdentity: 'x' }),
        fields: { 'event.action': 'GetUser', 'aws.cloudtrail.request_parameters': null },
      },
    ];
    expect(await mapped(cases)).toEqual(cases.map(expected));
  });

  test('null, empty texts and empty lists are no values', async () => {
    const empty = {
      eventSource: 's',
      eventName: 'E',
      awsRegion: 'r',
      errorCode: null,
      errorMessage: '',
      resources: [],
      requestParameters: {},
      responseElements: null,
      userIdentity: {},
      sourceIPAddress: '',
      additionalEventData: { a: [], b: { c: null } },
    };
    const cases: MappedCase[] = [
      {
        event: empty,
        fields: {
          'event.action': 'E',
          'event.outcome': 'success',
          'source.ip': null,
          'aws.cloudtrail.request_parameters': null,
          'aws.cloudtrail.additional_eventdata': null,
          'aws.cloudtrail.resources.arn': null,
          'user.name': null,
        },
      },
    ];
    expect(await mapped(cases)).toEqual(cases.map(expected));
  });

  test('text that only looks like JSON gives nothing', async () => {
    const cases: MappedCase[] = [
      { event: { message: '{"eventSource": broken "eventName"' }, fields: { 'event.action': null } },
      { event: { AuditData: '{"Operation": ' }, fields: { 'event.action': null } },
    ];
    expect(await mapped(cases)).toEqual(cases.map(expected));
  });

  test('large objects are written whole', async () => {
    const tags = Object.fromEntries(Array.from({ length: 3000 }, (_, i) => [`k${i}`, 'v'.repeat(20)]));
    const rows = await rowsOf('FROM * | EVAL n = LENGTH(aws.cloudtrail.request_parameters) | KEEP n', {
      'large.ndjson': `${JSON.stringify(trail({ requestParameters: { tags } }))}\n`,
    });
    expect(rows.map(({ n }) => Number(n))).toEqual([
      '{tags={}}'.length + Object.keys(tags).reduce((sum, key) => sum + key.length + 1 + 20, 0) + 2 * (3000 - 1),
    ]);
  });

  test('events that are ECS already stay as they are', async () => {
    const cases: MappedCase[] = [
      {
        event: { ...trail({}), event: { category: ['iam'], action: 'mine' } },
        fields: { 'event.action': 'mine', 'event.provider': null },
      },
    ];
    expect(await mapped(cases)).toEqual(cases.map(expected));
  });
});

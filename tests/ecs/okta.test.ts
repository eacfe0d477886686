import { expect, test } from 'vitest';
import { expected, mapped } from './mapped-events.ts';

/** Kinds of Okta's events, with the category and the types that Elastic's table has. */
const kinds: Readonly<Record<string, readonly [category: string, types: string]>> = {
  'access.request.cancel': ['iam', 'deletion'],
  'account.org.add': ['configuration', 'creation'],
  'analytics.reports.export.generate': ['configuration', 'creation info'],
  'app.access_request.approver.approve': ['iam', 'admin'],
  'app.ad.api.user_import.account_locked': ['iam', 'user'],
  'app.ad.password_migration_campaign.group.add': ['configuration', 'info'],
  'app.generic.unauth_app_access_attempt': ['authentication', 'info'],
  'app.inbound_del_auth.login_success': ['authentication', 'info start'],
  'app.keys.rotate': ['configuration', 'change'],
  'app.oauth2.as.consent.grant': ['authentication', 'info'],
  'app.oauth2.credentials.lifecycle.activate': ['authentication', 'start'],
  'app.oauth2.credentials.lifecycle.deactivate': ['authentication', 'end start'],
  'app.office365.api.error.group.create.failure': ['iam', 'creation group'],
  'app.office365.api.error.push.password': ['authentication', 'info'],
  'app.radius.agent.listener.failed': ['network', 'denied protocol'],
  'app.user_management.push_new_user_success': ['configuration', 'info'],
  'application.configuration.enable_delauth_outbound': ['authentication', 'start'],
  'application.lifecycle.update': ['configuration', 'change'],
  'application.policy.sign_on.deny_access': ['configuration', 'access info'],
  'application.provision.group_membership.remove': ['iam', 'creation deletion group'],
  'application.provision.group_push.pushed': ['configuration', 'creation'],
  'application.provision.user.deprovision': ['iam', 'creation deletion user'],
  'application.provision.user.push_password': ['authentication', 'info'],
  'application.user_membership.change_password': ['authentication', 'info'],
  'application.user_membership.revoke': ['iam', 'deletion user'],
  'certification.campaign.create': ['configuration', 'creation'],
  'device.assurance.policy.add': ['configuration', 'creation'],
  'device.desktop_mfa.device_logout.completed': ['authentication', 'end'],
  'device.desktop_mfa.enrollment.create': ['authentication', 'info'],
  'device.enrollment.create': ['host', 'info'],
  'device.lifecycle.activate': ['host', 'start'],
  'device.lifecycle.deactivate': ['host', 'end start'],
  'device.platform.secret_key.reset': ['host', 'change'],
  'device.user.add': ['iam', 'creation user'],
  'directory.user_profile.update': ['iam', 'change info user'],
  'event_hook.deactivated': ['configuration', 'change'],
  'event_hook.delivery': ['configuration', 'info'],
  'group.application_assignment.remove': ['iam', 'deletion group'],
  'group.privilege.grant': ['iam', 'group info'],
  'group.profile.update': ['iam', 'admin change group'],
  'group.user_membership.rule.trigger': ['iam', 'group user'],
  'iam.resourceset.bindings.add': ['configuration', 'creation info'],
  'iam.role.permission.conditions.add': ['iam', 'creation'],
  'pam.group.create': ['iam', 'creation group'],
  'pam.permission.change': ['iam', 'change'],
  'pam.project.add_group': ['configuration', 'creation'],
  'pam.resource.checkin.end': ['configuration', 'info'],
  'pam.resource_group.update': ['iam', 'admin change group'],
  'pam.secret.reveal': ['configuration', 'info'],
  'pam.server.ssh_login': ['authentication', 'start'],
  'pam.service_account.password_rotation.end': ['authentication', 'end'],
  'pam.user.remove': ['iam', 'deletion user'],
  'pki.cert.lifecycle.revoke': ['configuration', 'deletion'],
  'policy.auth_reevaluate.fail': ['authentication', 'info'],
  'policy.continuous_access.evaluate': ['configuration', 'access'],
  'policy.entity_risk.action': ['configuration', 'info'],
  'policy.execute.user.start': ['iam', 'user'],
  'policy.mapping.create': ['configuration', 'creation'],
  'security.attack.start': ['threat', 'indicator'],
  'security.authenticator.lifecycle.deactivate': ['authentication', 'end info start'],
  'security.events.provider.create': ['threat', ''],
  'security.session.detect_client_roaming': ['session', 'info'],
  'security.threat.configuration.update': ['configuration', 'change info'],
  'self_service.disabled': ['configuration', 'change'],
  'support.org.view': ['configuration', 'info'],
  'system.agent.ad.config_change_detected': ['configuration', 'info'],
  'workflows.user.flow.delete': ['iam', 'deletion user'],
  'zone.remove_blacklist': ['configuration', 'deletion'],
};

const values = (words: string): string | string[] | null => {
  const all = words.split(' ').filter((word) => word !== '');
  return all.length === 0 ? null : all.length === 1 ? all[0]! : all;
};

test('categories and types follow from the words of event types', async () => {
  const cases = Object.entries(kinds).map(([eventType, [category, types]], i) => ({
    event: { uuid: `u${i}`, published: '2026-03-01T10:00:00.000Z', eventType, severity: 'INFO' },
    fields: { 'event.action': eventType, 'event.category': category, 'event.type': values(types) },
  }));
  expect(await mapped(cases)).toEqual(cases.map(expected));
});

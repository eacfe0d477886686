/*
 * Logs whose lines hold one value behind another, with a blank between them, in an order that nothing in the file names. A
 * layout is that order: `name` stands bare, `"name"` in quotes, `[name]` in brackets; columns behind `|` may be missing.
 */

/** One of the orders in which the lines of a source come. */
export interface LayoutText {
  /** What documents say of themselves as `log_format`. */
  readonly name: string;
  readonly columns: string;
  /** What values have to look like for a log to be taken for one of this source. */
  readonly marks: { readonly [column: string]: RegExp };
  /** Whether lines may have more columns than are known: servers are configured to write others at the end. */
  readonly isOpen?: boolean;
}

/** The layouts of one source: a line is of the first that it fits. */
export interface Source {
  readonly name: string;
  readonly label: string;
  readonly layouts: readonly LayoutText[];
  /** Columns of which several in the first line make that the names of the columns. */
  readonly header?: ReadonlySet<string>;
}

const words = (text: string): string => text.trim().split(/\s+/).join(' ');

const number = /^\d+$/;
const status = /^(?:\d{3}|-)$/;
const decimal = /^-?\d+(?:\.\d+)?$/;
const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/;
const webTime = /^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}$/;

const flow = words(`
  version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status
  | vpc-id subnet-id instance-id tcp-flags type pkt-srcaddr pkt-dstaddr region az-id sublocation-type sublocation-id
  pkt-src-aws-service pkt-dst-aws-service flow-direction traffic-path ecs-cluster-arn ecs-cluster-name
  ecs-container-instance-arn ecs-container-instance-id ecs-container-id ecs-second-container-id ecs-service-name
  ecs-task-definition-arn ecs-task-arn ecs-task-id reject-reason`);

const gatewayFlow = words(`
  version resource-type account-id tgw-id tgw-attachment-id tgw-src-vpc-account-id tgw-dst-vpc-account-id tgw-src-vpc-id
  tgw-dst-vpc-id tgw-src-subnet-id tgw-dst-subnet-id tgw-src-eni tgw-dst-eni tgw-src-az-id tgw-dst-az-id
  tgw-pair-attachment-id srcaddr dstaddr srcport dstport protocol packets bytes start end log-status type
  packets-lost-no-route packets-lost-blackhole packets-lost-mtu-exceeded packets-lost-ttl-expired tcp-flags region
  flow-direction pkt-src-aws-service pkt-dst-aws-service`);

const request = 'remote_host ident auth_user [time] "request" status bytes';
const agent = '"referer" "user_agent"';
const requestMarks = { time: webTime, status: /^\d{3}$/, bytes: /^(?:\d+|-)$/ };

/** Sources whose layouts are known, in the order in which they are tried. */
export const sources: readonly Source[] = [
  {
    name: 'aws-vpcflow',
    label: 'AWS VPC flow log',
    header: new Set(`${flow} ${gatewayFlow}`.split(' ').filter((name) => name !== '|')),
    layouts: [
      {
        name: 'aws-vpcflow',
        columns: flow,
        marks: {
          version: /^\d$/,
          'account-id': /^(?:\d+|unknown)$/,
          protocol: /^(?:\d{1,3}|-)$/,
          start: number,
          end: number,
          'log-status': /^(?:OK|NODATA|SKIPDATA)$/,
        },
      },
    ],
  },
  {
    name: 'aws-tgwflow',
    label: 'AWS transit gateway flow log',
    layouts: [
      {
        name: 'aws-tgwflow',
        columns: gatewayFlow,
        marks: { version: /^\d$/, 'tgw-id': /^tgw-/, start: number, 'log-status': /^(?:OK|NODATA|SKIPDATA)$/ },
      },
    ],
  },
  {
    name: 'aws-s3access',
    label: 'S3 server access log',
    layouts: [
      {
        name: 'aws-s3access',
        columns: words(`
          bucket_owner bucket [time] remote_ip requester request_id operation key "request_uri" http_status error_code
          bytes_sent object_size total_time turn_around_time "referrer" "user_agent" version_id
          | host_id signature_version cipher_suite authentication_type host_header tls_version access_point_arn
          acl_required`),
        marks: {
          bucket_owner: /^[0-9a-f]{40,}$/,
          time: webTime,
          operation: /^[A-Z][A-Z0-9]*\.[A-Z0-9_.]+$/,
          http_status: status,
        },
        isOpen: true,
      },
    ],
  },
  {
    name: 'aws-elb',
    label: 'load balancer log of AWS',
    layouts: [
      {
        name: 'aws-alb',
        columns: words(`
          type time elb client target request_processing_time target_processing_time response_processing_time
          elb_status_code target_status_code received_bytes sent_bytes "request" "user_agent" ssl_cipher ssl_protocol
          target_group_arn "trace_id" | "domain_name" "chosen_cert_arn" matched_rule_priority request_creation_time
          "actions_executed" "redirect_url" "error_reason" "target_port_list" "target_status_code_list" "classification"
          "classification_reason" conn_trace_id`),
        marks: { type: /^(?:https?|h2|grpcs|wss?)$/, time: isoTime, elb_status_code: status, received_bytes: decimal },
        isOpen: true,
      },
      {
        name: 'aws-clb',
        columns: words(`
          time elb client backend request_processing_time backend_processing_time response_processing_time elb_status_code
          backend_status_code received_bytes sent_bytes "request" | "user_agent" ssl_cipher ssl_protocol`),
        marks: { time: isoTime, client: /:\d+$/, request_processing_time: decimal, received_bytes: decimal },
        isOpen: true,
      },
      {
        name: 'aws-nlb',
        columns: words(`
          type version time elb listener client destination connection_time tls_handshake_time received_bytes sent_bytes
          incoming_tls_alert chosen_cert_arn chosen_cert_serial tls_cipher tls_protocol_version tls_named_group domain_name
          | alpn_fe_protocol alpn_be_protocol alpn_client_preference_list tls_connection_creation_time`),
        marks: { type: /^tls$/, version: decimal, time: isoTime, client: /:\d+$/ },
        isOpen: true,
      },
      {
        name: 'aws-alb-connection',
        columns: words(`
          time client_ip client_port listener_port tls_protocol tls_cipher tls_handshake_latency
          "leaf_client_cert_subject" leaf_client_cert_validity leaf_client_cert_serial_number tls_verify_status
          | conn_trace_id`),
        marks: { time: isoTime, client_ip: /^[0-9a-f.:]+$/i, client_port: number, listener_port: number },
        isOpen: true,
      },
    ],
  },
  {
    name: 'web-access',
    label: 'access log of a web server',
    layouts: [
      {
        name: 'traefik',
        columns: `${request} ${agent} request_count "router_name" "server_url" duration`,
        marks: { ...requestMarks, duration: /^\d+ms$/ },
      },
      { name: 'combined', columns: `${request} ${agent}`, marks: requestMarks, isOpen: true },
      { name: 'combined', columns: `${request} duration ${agent}`, marks: requestMarks, isOpen: true },
      { name: 'vhost', columns: `server_name ${request} ${agent}`, marks: requestMarks, isOpen: true },
      { name: 'common', columns: request, marks: requestMarks, isOpen: true },
      { name: 'vhost', columns: `server_name ${request}`, marks: requestMarks, isOpen: true },
    ],
  },
  {
    // Lines of IIS without what names their columns, as searches for some of them give: the columns that it writes by
    // default.
    name: 'iis',
    label: 'IIS log without a header (columns taken to be the default ones)',
    layouts: [
      {
        name: 'iis',
        columns: words(`
          date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status
          sc-substatus sc-win32-status time-taken`),
        marks: {
          date: /^\d{4}-\d\d-\d\d$/,
          time: /^\d\d:\d\d:\d\d$/,
          's-ip': /^[0-9a-f.:%]+$/i,
          'cs-method': /^[A-Z_]+$/,
          's-port': number,
          'sc-status': /^\d{3}$/,
          'time-taken': number,
        },
      },
    ],
  },
];

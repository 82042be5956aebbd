// Lines that make a phone report its battery, for each program that can. Pure: no page, no network.

/** In this order they are offered. Values are in each: where to send, which device, with which token. */
export const PROGRAMS = ['tasker', 'shortcuts', 'termux', 'homeassistant', 'curl'];

/** A word for a shell, whatever is in it. */
export const shellWord = (text) => `'${text.replaceAll("'", String.raw`'\''`)}'`;

const json = (value) => JSON.stringify(value);
/** What Home Assistant makes of a name in the ids of its entities. */
export const slug = (name) =>
  name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replace(/[^a-z0-9]+/g, '_').replace(/^_+|_+$/g, '') || 'phone';

const reportsUrl = (address) => `${address.replace(/\/+$/, '')}/api/v1/reports`;

// A step is `{key, values}`: a text to read, and fields `{label, text}` or a block to copy.
const field = (label, text) => ({ label, text });

function curl({ url, device, bearer }) {
  const body = json({ device, level: 57, charging: true });
  const lines = [
    `curl ${shellWord(url)} \\`,
    ...(bearer ? [`  -H ${shellWord(`authorization: ${bearer}`)} \\`] : []),
    `  -H 'content-type: application/json' \\`,
    `  -d ${shellWord(body)}`,
  ];
  return [{ key: 'recipe.curl_run', block: lines.join('\n') }];
}

function termux({ url, device, bearer }) {
  const start = shellWord(`{"device":${json(device)},`);
  const script = [
    '#!/data/data/com.termux/files/usr/bin/sh',
    'said=$(termux-battery-status) || exit 1',
    `level=$(printf '%s' "$said" | sed -n 's/.*"percentage": *\\([0-9]*\\).*/\\1/p')`,
    `heat=$(printf '%s' "$said" | sed -n 's/.*"temperature": *\\(-\\{0,1\\}[0-9.]*\\).*/\\1/p')`,
    `case $said in *'"CHARGING"'*) charging=true ;; *'"FULL"'*) charging=null ;; *) charging=false ;; esac`,
    `printf '%s"level":%s,"charging":%s,"temperature":%s}' ${start} "$level" "$charging" "\${heat:-null}" |`,
    `  curl -fsS -m 20 ${shellWord(url)} ${bearer ? `-H ${shellWord(`authorization: ${bearer}`)} ` : ''}-H 'content-type: application/json' -d @-`,
  ].join('\n');
  const install = [`cat > ~/scs-report <<'END-OF-SCRIPT'`, script, 'END-OF-SCRIPT', 'chmod 700 ~/scs-report'].join('\n');
  return [
    { key: 'recipe.termux_apps' },
    { key: 'recipe.termux_packages', block: 'pkg install -y termux-api curl' },
    { key: 'recipe.termux_script', block: install },
    { key: 'recipe.termux_job', block: 'termux-job-scheduler --job-id 57 --period-ms 900000 --persisted true --script ~/scs-report' },
    { key: 'recipe.termux_try', block: 'sh ~/scs-report' },
  ];
}

function tasker({ url, device, bearer }) {
  return [
    { key: 'recipe.tasker_task' },
    {
      key: 'recipe.tasker_fields',
      fields: [
        field('Method', 'POST'),
        field('URL', url),
        field('Headers', [...(bearer ? [`authorization:${bearer}`] : []), 'content-type:application/json'].join('\n')),
        // Tasker would put a value in place of each %NAME.
        field('Body', `{"device":${json(device).replaceAll('%', '\\u0025')},"level":%BATT}`),
      ],
    },
    { key: 'recipe.tasker_profile' },
    { key: 'recipe.try' },
  ];
}

function shortcuts({ url, device, bearer }) {
  return [
    { key: 'recipe.shortcuts_level' },
    {
      key: 'recipe.shortcuts_fields',
      fields: [
        field('URL', url),
        field('Method', 'POST'),
        ...(bearer ? [field('Headers: authorization', bearer)] : []),
        field('Request Body', 'JSON'),
        field('device (Text)', device),
        field('level (Number)', 'Battery Level'),
      ],
    },
    { key: 'recipe.shortcuts_automation' },
    { key: 'recipe.try' },
  ];
}

function homeassistant({ url, device, bearer }) {
  const id = slug(device);
  const level = `states('sensor.${id}_battery_level')`;
  const lines = [
    'rest_command:',
    `  report_${id}:`,
    `    url: ${json(url)}`,
    '    method: post',
    ...(bearer ? ['    headers:', `      authorization: ${json(bearer)}`] : []),
    '    content_type: application/json',
    '    payload: >-',
    `      {{ {"device": ${jinja(device)}, "level": ${level} | int,`,
    `          "charging": is_state('binary_sensor.${id}_is_charging', 'on')} | to_json }}`,
    '',
    'automation:',
    `  - alias: ${json(`Report the battery of ${device}`)}`,
    '    triggers:',
    `      - {trigger: state, entity_id: [sensor.${id}_battery_level, binary_sensor.${id}_is_charging]}`,
    '      - {trigger: time_pattern, minutes: /20}',
    `    conditions: "{{ ${level} | is_number }}"`,
    `    actions: [{action: rest_command.report_${id}}]`,
  ];
  return [{ key: 'recipe.ha_sensors' }, { key: 'recipe.ha_file', block: lines.join('\n') }, { key: 'recipe.ha_mqtt' }];
}

// As a literal of a template, in which nothing of YAML or of a template may be left to read.
const jinja = (text) => json(text).replace(/[^\x20-\x7e]|[{}%#]/g, (one) => [...Array(one.length).keys()].map((n) => `\\u${one.charCodeAt(n).toString(16).padStart(4, '0')}`).join(''));

const MAKERS = { tasker, shortcuts, termux, homeassistant, curl };

/** The steps for `program`; without a token nothing of one is in them. */
export function recipe(program, { address, device, token }) {
  return MAKERS[program]({ url: reportsUrl(address), device, bearer: token ? `Bearer ${token}` : '' });
}

/** The address of this view for a phone: everything behind # stays in its browser. */
export function phoneLink(address, { device, program, token }) {
  const query = new URLSearchParams({ program, ...(token && { token }) });
  return `${address.replace(/\/+$/, '')}/#/setup/phone/${encodeURIComponent(device)}?${query}`;
}

/** True when only this machine itself understands the address. */
export function isLocal(address) {
  try {
    const { hostname } = new URL(address);
    return hostname === 'localhost' || hostname === '[::1]' || /^127\./.test(hostname);
  } catch {
    return false;
  }
}

// Against the server at ZANDLOPER_ADDRESS (host:port), empty but for the catalog in catalog.json.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Client, HEADER_BYTES, STATUS, TYPES, attribute, attributes, frame, schema, values } from './client.mjs';

const [host, port] = process.env.ZANDLOPER_ADDRESS.split(':');
const FOREVER = 9223372036854775807n;
let client;

before(async () => {
  client = await Client.connect(host, Number(port));
});

after(() => client.close());

async function ok(type, request, options) {
  const response = await client.call(type, request, options);
  assert.equal(response.status, STATUS.OK, response.body?.detail);
  assert.equal(response.type, TYPES[type][0]);
  return response;
}

async function refused(status, type, request, options) {
  const response = await client.call(type, request, options);
  assert.equal(response.status, status, response.body?.detail);
  return response;
}

async function person(identity, age, segments = ['high-value']) {
  const { body } = await ok('UPSERT', {
    profile: identity,
    attributes: { set: attributes({ age }) },
    segments: { add: segments.map((segment) => ({ segment })) },
    consent: { has_purposes: true, purposes: 0b1000 },
  });
  return body;
}

test('hello tells who the server is and what it bears', async () => {
  const { body } = await ok('HELLO', { protocol_version: 1, client: 'node/1' });
  assert.equal(body.protocol_version, 1);
  assert.match(body.server, /^zandloper /);
  assert.equal(body.role, schema.number('Role', 'Primary'));
  assert.ok(body.limits.request_frame_bytes_max >= 4096);
  assert.ok(body.limits.response_frame_bytes_max >= body.limits.request_frame_bytes_max);
  assert.ok(body.limits.requests_in_flight_max >= 1);
  assert.equal(body.catalog_version, 1n);
});

test('a ping comes back', async () => {
  const { body, sequence } = await ok('PING', Uint8Array.of(1, 2, 3));
  assert.deepEqual([...body], [1, 2, 3]);
  assert.ok(sequence >= 1n);
  assert.equal((await ok('PING', new Uint8Array())).body, undefined);
});

test('a profile is read back as it was written, under each identity', async () => {
  const hash = '2b'.repeat(32);
  const written = {
    beyond53: 9007199254740993n,
    double: 1.0,
    minusZero: -0,
    'emoji 🚀': '🚀',
    empty: '',
    list: ['running', '', 'travel'],
    least: -9223372036854775808n,
    vip: true,
    not: false,
  };
  const { body: upserted } = await ok('UPSERT', {
    profile: 'CRM:node-1',
    mode: schema.number('UpsertMode', 'Replace'),
    identities: { add: ['cookie:node-1', `email_sha256:${hash.toUpperCase()}`] },
    attributes: { set: attributes(written) },
    segments: { add: [{ segment: 'cart', expires_micros: 4000000000000000n }, { segment: 'high-value' }] },
    scores: { set: [{ offer: 'loan', double_value: 0.031 }, { offer: 'gone', is_integer: true, integer_value: 3n }] },
    consent: { has_purposes: true, purposes: 0b1101 },
  });
  assert.equal(upserted.profile, 'crm:node-1');
  assert.equal(upserted.outcome, schema.number('UpsertOutcome', 'Created'));

  for (const profile of ['crm:node-1', 'cookie:node-1', `email_sha256:${hash}`]) {
    const { body } = await ok('PROFILE', { profile }, { minSequence: upserted.sequence });
    assert.deepEqual(body.identities, ['crm:node-1', 'cookie:node-1', `email_sha256:${hash}`]);
    const read = values(body.attributes);
    assert.deepEqual(read, Object.fromEntries(Object.entries(written).sort(([a], [b]) => (a < b ? -1 : 1))));
    assert.ok(Object.is(read.minusZero, -0));
    assert.deepEqual(body.segments, [
      { segment: 'high-value', expires_micros: FOREVER },
      { segment: 'cart', expires_micros: 4000000000000000n },
    ]);
    assert.deepEqual(body.computed, []);
    assert.deepEqual(body.scores.map((score) => [score.offer, score.is_integer ? score.integer_value : score.double_value]),
      [['gone', 3n], ['loan', 0.031]]);
    assert.equal(body.consent.purposes, 0b1101);
    assert.equal(body.version, upserted.version);
  }
});

test('segments are tested and listed', async () => {
  await person('crm:node-2', 61n);
  const tested = await ok('SEGMENT_TEST', {
    profile: 'crm:node-2',
    segments: ['senior', 'cart', 'high-value', 'no-such', 'senior'],
  });
  assert.deepEqual(tested.body.members, [true, false, true, false, true]);
  const listed = await ok('SEGMENT_LIST', { profile: 'crm:node-2' });
  assert.deepEqual(listed.body.segments, ['high-value', 'senior']);
  const empty = await ok('SEGMENT_TEST', { profile: 'crm:node-2', segments: [] });
  assert.deepEqual(empty.body.members, []);
});

test('a batch asks the same of many profiles, and each has an answer of its own', async () => {
  await person('crm:node-10', 61n);
  await person('crm:node-11', 20n, ['cart']);
  const profiles = ['crm:node-11', 'crm:nobody', 'no colon', 'CRM:node-10', 'crm:node-11'];
  const statuses = [STATUS.OK, STATUS.PROFILE_UNKNOWN, STATUS.INPUT_INVALID, STATUS.OK, STATUS.OK];

  const segments = ['senior', 'cart', 'no-such'];
  const tested = await ok('SEGMENT_TEST_BATCH', { profiles, segments });
  assert.deepEqual(tested.body.statuses, statuses);
  const rows = profiles.map((_, i) => tested.body.members.slice(i * segments.length, (i + 1) * segments.length));
  const none = [false, false, false];
  assert.deepEqual(rows, [[false, true, false], none, none, [true, false, false], [false, true, false]]);

  const listed = await ok('SEGMENT_LIST_BATCH', { profiles });
  assert.deepEqual(listed.body.statuses, statuses);
  assert.deepEqual(listed.body.lists.map((list) => list.segments ?? []),
    [['cart'], [], [], ['high-value', 'senior'], ['cart']]);

  const read = await ok('PROFILE_BATCH', { profiles });
  assert.deepEqual(read.body.statuses, statuses);
  assert.deepEqual(read.body.profiles.map((profile) => profile.identities),
    [['crm:node-11'], undefined, undefined, ['crm:node-10'], ['crm:node-11']]);
  assert.deepEqual(values(read.body.profiles[3].attributes), { age: 61n });
  assert.ok(read.sequence >= read.body.profiles[3].version);
});

test('one question is decided for many', async () => {
  await person('crm:node-12', 30n);
  const request = { placements: [{ id: 'hero' }], context: [attribute('channel', 'web')] };
  const { body } = await ok('DECIDE_BATCH', { profiles: ['crm:node-12', 'crm:nobody', 'no colon'], request });
  assert.deepEqual(body.statuses, [STATUS.OK, STATUS.OK, STATUS.INPUT_INVALID]);
  const [known, unknown, invalid] = body.decisions;
  assert.equal(known.profile, 'crm:node-12');
  assert.deepEqual(known.placements[0].offers.map((offer) => offer.id), ['card', 'loan']);
  assert.equal(unknown.profile, undefined);
  assert.equal(unknown.reason, schema.number('DecisionReason', 'UnknownProfile'));
  assert.deepEqual(unknown.placements[0].offers.map((offer) => offer.id), ['card']);
  assert.equal(invalid.placements, undefined);
  assert.notEqual(known.decision_id, unknown.decision_id);

  const alone = await ok('DECIDE', { ...request, profile: 'crm:node-12' });
  assert.deepEqual(known.placements, alone.body.placements);
});

test('what is wrong with a whole batch is said of the whole', async () => {
  const { body: hello } = await ok('HELLO', { protocol_version: 1 });
  const most = hello.limits.batch_profiles_max;
  const profiles = Array.from({ length: most }, (_, i) => `crm:many-${i}`);
  const { body } = await ok('SEGMENT_TEST_BATCH', { profiles, segments: ['cart'] });
  assert.equal(body.statuses.length, most);
  assert.ok(body.statuses.every((status) => status === STATUS.PROFILE_UNKNOWN));
  assert.equal(body.members.length, most);

  const request = { placements: [{ id: 'hero' }] };
  for (const wrong of [[], [...profiles, 'crm:one-more']]) {
    const refusal = await refused(STATUS.INPUT_INVALID, 'PROFILE_BATCH', { profiles: wrong });
    assert.deepEqual(refusal.body.errors.map((error) => error.path), ['profiles']);
    await refused(STATUS.INPUT_INVALID, 'SEGMENT_TEST_BATCH', { profiles: wrong, segments: ['cart'] });
    await refused(STATUS.INPUT_INVALID, 'SEGMENT_LIST_BATCH', { profiles: wrong });
    await refused(STATUS.INPUT_INVALID, 'DECIDE_BATCH', { profiles: wrong, request });
  }
  const one = ['crm:node-12'];
  await refused(STATUS.INPUT_INVALID, 'DECIDE_BATCH', { profiles: one, request: { placements: [{ id: 'nowhere' }] } });
  await refused(STATUS.INPUT_INVALID, 'DECIDE_BATCH', { profiles: one, request: { ...request, profile: one[0] } });
  await refused(STATUS.INPUT_INVALID, 'DECIDE_BATCH', { profiles: one, request: { ...request, document: {} } });
  await refused(STATUS.SEQUENCE_NOT_REACHED, 'SEGMENT_LIST_BATCH', { profiles: one },
    { minSequence: 1n << 62n, deadlineMicros: 1000 });
  const noProfiles = await client.callRaw(TYPES.PROFILE_BATCH[0], schema.encode('HelloRequest', { protocol_version: 1 }));
  assert.equal(noProfiles.status, STATUS.BODY_INVALID);
});

test('a decision ranks offers and explains itself', async () => {
  await person('crm:node-3', 30n);
  const request = {
    profile: 'crm:node-3',
    placements: [{ id: 'hero' }, { id: 'footer' }],
    context: [attribute('channel', 'web')],
    explain: true,
  };
  const { body } = await ok('DECIDE', request);
  assert.equal(body.profile, 'crm:node-3');
  assert.equal(body.reason, schema.number('DecisionReason', 'TargetingMatch'));
  assert.deepEqual(body.placements.map((placement) => placement.offers.map((offer) => [offer.id, offer.rank])), [
    [['card', 1], ['loan', 2]],
    [['newsletter', 1]],
  ]);
  const [card, loan] = body.placements[0].offers;
  assert.equal(card.priority, 5);
  assert.equal(loan.priority, 0.02 * 120 * 1 * 1);
  assert.deepEqual(JSON.parse(loan.payload), { any: 'json' });
  assert.equal(body.explain.length, 2);
  const explained = body.explain[1].offers.find((offer) => offer.id === 'loan');
  assert.equal(explained.status, schema.number('OfferStatus', 'Rejected'));
  assert.deepEqual(explained.reasons.map((reason) => reason.code), [schema.number('ReasonCode', 'Placement')]);

  const excluded = await ok('DECIDE', { ...request, explain: false, exclude: ['card'] });
  assert.deepEqual(excluded.body.placements[0].offers.map((offer) => offer.id), ['loan']);
  assert.equal(excluded.body.explain, undefined);
});

test('a decision about a visitor, about nobody, and about a document', async () => {
  const placements = [{ id: 'hero', count: 1 }];
  const context = [attribute('channel', 'web')];
  const anonymous = await ok('DECIDE', { placements, context });
  assert.equal(anonymous.body.profile, undefined);
  assert.deepEqual(anonymous.body.placements[0].offers.map((offer) => offer.id), ['card']);
  const unknown = await ok('DECIDE', { profile: 'crm:nobody', placements, context });
  assert.equal(unknown.body.reason, schema.number('DecisionReason', 'UnknownProfile'));
  const document = await ok('DECIDE', {
    document: {
      id: 'crm:what-if',
      attributes: attributes({ age: 70n }),
      segments: [{ segment: 'high-value' }],
      consent: { purposes: 0b1000 },
    },
    placements: [{ id: 'hero', count: 2 }],
  });
  assert.deepEqual(document.body.placements[0].offers.map((offer) => offer.id), ['loan']);
});

test('an event is recorded once', async () => {
  const event = {
    profile: 'crm:node-4',
    type: 'convert',
    id: 'order-77',
    offer: 'loan',
    double_value: 120.5,
    context: [attribute('channel', 'web')],
  };
  const first = await ok('EVENT', event);
  assert.equal(first.body.outcome, schema.number('EventOutcome', 'Created'));
  const again = await ok('EVENT', event);
  assert.equal(again.body.outcome, schema.number('EventOutcome', 'Duplicate'));
});

test('who is erased is gone', async () => {
  await person('crm:node-5', 20n);
  const { body } = await ok('ERASE', { profile: 'crm:node-5' });
  assert.deepEqual(body.erased, ['crm:node-5']);
  await refused(STATUS.PROFILE_UNKNOWN, 'PROFILE', { profile: 'crm:node-5' });
});

test('many requests are under way at once, and each has its own answer', async () => {
  await person('crm:node-6', 60n);
  const answers = await Promise.all(Array.from({ length: 500 }, (_, i) =>
    ok('SEGMENT_TEST', { profile: 'crm:node-6', segments: i % 2 ? ['senior'] : ['cart', 'senior'] })));
  answers.forEach(({ body }, i) => assert.deepEqual(body.members, i % 2 ? [true] : [false, true]));
});

test('a read waits for its sequence', async () => {
  const { sequence } = await ok('PING', new Uint8Array());
  const early = ok('SEGMENT_LIST', { profile: 'crm:node-7' }, { minSequence: sequence + 1n, deadlineMicros: 60_000_000 });
  await person('crm:node-7', 65n);
  const { body, sequence: seen } = await early;
  assert.ok(seen > sequence);
  assert.deepEqual(body.segments, ['high-value', 'senior']);
  await refused(STATUS.SEQUENCE_NOT_REACHED, 'PING', new Uint8Array(), { minSequence: 1n << 62n, deadlineMicros: 1000 });
});

test('mistakes are named', async () => {
  assert.equal((await refused(STATUS.PROFILE_UNKNOWN, 'PROFILE', { profile: 'crm:nobody' })).body, undefined);
  const invalid = await refused(STATUS.INPUT_INVALID, 'PROFILE', { profile: 'no colon' });
  assert.equal(invalid.body.status, STATUS.INPUT_INVALID);
  assert.deepEqual(invalid.body.errors.map((error) => error.path), ['profile']);
  const placements = await refused(STATUS.INPUT_INVALID, 'DECIDE', { placements: [{ id: 'nowhere' }] });
  assert.deepEqual(placements.body.errors.map((error) => error.path), ['placements[0].id']);
  await person('crm:node-8', 1n);
  await person('crm:node-9', 1n);
  await refused(STATUS.IDENTITY_CONFLICT, 'UPSERT', { profile: 'crm:node-8', identities: { add: ['crm:node-9'] } });
  await refused(STATUS.PRECONDITION_FAILED, 'UPSERT', { profile: 'crm:node-8', precondition: { absent: true } });
  await refused(STATUS.VERSION_UNSUPPORTED, 'HELLO', { protocol_version: 0 });

  const noBuffer = await client.callRaw(TYPES.PROFILE[0], Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8));
  assert.equal(noBuffer.status, STATUS.BODY_INVALID);
  for (const type of [51, 999]) {
    const unknown = await client.callRaw(type, new Uint8Array());
    assert.equal(unknown.status, STATUS.TYPE_UNKNOWN);
    assert.equal(unknown.type, type);
  }
  const { body: hello } = await ok('HELLO', { protocol_version: 1 });
  const tooLong = await client.callRaw(TYPES.PING[0], new Uint8Array(hello.limits.request_frame_bytes_max - HEADER_BYTES + 1));
  assert.equal(tooLong.status, STATUS.FRAME_TOO_LONG);
  await ok('PING', new Uint8Array());
});

test('a stream that is out of step is told so, and ended', async () => {
  const other = await Client.connect(host, Number(port));
  const broken = frame(TYPES.PING[0], 7n, new Uint8Array());
  broken.writeUInt32LE(31, 0);
  const { type, status } = await other.send(broken, 0n);
  assert.equal(type, 0);
  assert.equal(status, STATUS.FRAME_INVALID);
  await other.ended();
  await ok('PING', new Uint8Array());
});

// A client of the binary port: frames as FORMAT.md describes them, bodies as the schemas do.
import net from 'node:net';
import { fileURLToPath } from 'node:url';
import { Schema } from './schema.mjs';

export const HEADER_BYTES = 32;
const VERSION = 1;
const RESPONSE_FLAG = 1;

export const schema = new Schema(['attributes', 'profile', 'requests', 'responses'].map((name) =>
  fileURLToPath(new URL(`../../main/flatbuffers/${name}.fbs`, import.meta.url))));

/** Number, and the tables of the two bodies. */
export const TYPES = {
  HELLO: [1, 'HelloRequest', 'HelloResponse'],
  PING: [2],
  PROFILE: [16, 'ProfileRequest', 'ProfileResponse'],
  SEGMENT_TEST: [17, 'SegmentTestRequest', 'SegmentTestResponse'],
  SEGMENT_LIST: [18, 'SegmentListRequest', 'SegmentListResponse'],
  DECIDE: [19, 'DecideRequest', 'DecideResponse'],
  PROFILE_BATCH: [32, 'ProfileBatchRequest', 'ProfileBatchResponse'],
  SEGMENT_TEST_BATCH: [33, 'SegmentTestBatchRequest', 'SegmentTestBatchResponse'],
  SEGMENT_LIST_BATCH: [34, 'SegmentListBatchRequest', 'SegmentListBatchResponse'],
  DECIDE_BATCH: [35, 'DecideBatchRequest', 'DecideBatchResponse'],
  UPSERT: [48, 'UpsertRequest', 'UpsertResponse'],
  EVENT: [49, 'EventRequest', 'EventResponse'],
  ERASE: [50, 'EraseRequest', 'EraseResponse'],
};

export const STATUS = {
  OK: 0,
  PROFILE_UNKNOWN: 100,
  FRAME_INVALID: 200,
  FRAME_TOO_LONG: 201,
  VERSION_UNSUPPORTED: 202,
  TYPE_UNKNOWN: 203,
  BODY_INVALID: 204,
  INPUT_INVALID: 205,
  IDENTITY_CONFLICT: 206,
  PRECONDITION_FAILED: 207,
  SEQUENCE_NOT_REACHED: 302,
};

export function frame(typeNumber, correlationId, body, { minSequence = 0n, deadlineMicros = 0 } = {}) {
  const bytes = Buffer.alloc(HEADER_BYTES + body.length);
  bytes.writeUInt32LE(bytes.length, 0);
  bytes.writeUInt16LE(typeNumber, 4);
  bytes.writeUInt8(VERSION, 6);
  bytes.writeBigUInt64LE(correlationId, 8);
  bytes.writeBigInt64LE(minSequence, 16);
  bytes.writeUInt32LE(deadlineMicros, 28);
  bytes.set(body, HEADER_BYTES);
  return bytes;
}

/** An attribute or a field of a context, of the kind that the value is: a BigInt is an integer, a number a double. */
export function attribute(name, value) {
  const kind = (label) => schema.number('AttributeKind', label);
  switch (typeof value) {
    case 'boolean': return { name, kind: kind('Boolean'), integer_value: value ? 1n : 0n };
    case 'bigint': return { name, kind: kind('Integer'), integer_value: value };
    case 'number': return { name, kind: kind('Double'), double_value: value };
    case 'string': return { name, kind: kind('String'), string_value: value };
    default: return { name, kind: kind('Strings'), strings_value: value };
  }
}

/** What `Attributes` holds: entries ascending by the bytes of their names. */
export function attributes(object) {
  const entries = Object.entries(object).sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  return { entries: entries.map(([name, value]) => attribute(name, value)) };
}

/** The other way. */
export function values(decoded) {
  const labels = ['Boolean', 'Integer', 'Double', 'String', 'Strings'];
  return Object.fromEntries((decoded?.entries ?? []).map((entry) => {
    switch (labels[entry.kind]) {
      case 'Boolean': return [entry.name, entry.integer_value === 1n];
      case 'Integer': return [entry.name, entry.integer_value];
      case 'Double': return [entry.name, entry.double_value];
      case 'String': return [entry.name, entry.string_value];
      default: return [entry.name, entry.strings_value];
    }
  }));
}

/** One connection. Any number of requests may be under way; answers find theirs by correlation id. */
export class Client {
  #socket;
  #pending = new Map();
  #received = Buffer.alloc(0);
  #nextCorrelationId = 1n;
  #ended;

  static connect(host, port) {
    return new Promise((resolve, reject) => {
      const socket = net.connect({ host, port, noDelay: true });
      socket.once('error', reject);
      socket.once('connect', () => resolve(new Client(socket)));
    });
  }

  constructor(socket) {
    this.#socket = socket;
    this.#ended = new Promise((resolve) => {
      socket.on('close', () => {
        for (const { reject } of this.#pending.values()) {
          reject(new Error('the connection ended'));
        }
        resolve();
      });
    });
    socket.on('error', () => {});
    socket.on('data', (data) => this.#onData(data));
  }

  /** Resolves to status, sequence and body, an ErrorResponse where the status is not 0 and there is a body. */
  call(type, request, options) {
    const [number, requestTable, responseTable] = TYPES[type];
    return this.callRaw(number, requestTable ? schema.encode(requestTable, request) : request, options)
      .then((response) => ({ ...response, body: decodeBody(response, responseTable) }));
  }

  callRaw(typeNumber, body, options) {
    const correlationId = this.#nextCorrelationId++;
    return this.send(frame(typeNumber, correlationId, body, options), correlationId);
  }

  /** Sends bytes as they are; resolves to the answer that has this correlation id. */
  send(bytes, correlationId) {
    return new Promise((resolve, reject) => {
      this.#pending.set(correlationId, { resolve, reject });
      this.#socket.write(bytes);
    });
  }

  /** When the server has ended the connection. */
  ended() {
    return this.#ended;
  }

  close() {
    this.#socket.destroy();
  }

  #onData(data) {
    this.#received = Buffer.concat([this.#received, data]);
    while (this.#received.length >= HEADER_BYTES) {
      const length = this.#received.readUInt32LE(0);
      if (this.#received.length < length) {
        return;
      }
      this.#onFrame(this.#received.subarray(0, length));
      this.#received = this.#received.subarray(length);
    }
  }

  #onFrame(bytes) {
    if (bytes.readUInt8(6) !== VERSION || bytes.readUInt8(7) !== RESPONSE_FLAG) {
      throw new Error('no response of this version');
    }
    const correlationId = bytes.readBigUInt64LE(8);
    const waiting = this.#pending.get(correlationId);
    this.#pending.delete(correlationId);
    waiting?.resolve({
      type: bytes.readUInt16LE(4),
      sequence: bytes.readBigInt64LE(16),
      status: bytes.readUInt16LE(24),
      bytes: new Uint8Array(bytes.subarray(HEADER_BYTES)),
    });
  }
}

function decodeBody({ status, bytes }, responseTable) {
  if (bytes.length === 0) {
    return undefined;
  }
  if (status !== STATUS.OK) {
    return schema.decode('ErrorResponse', bytes);
  }
  return responseTable ? schema.decode(responseTable, bytes) : bytes;
}

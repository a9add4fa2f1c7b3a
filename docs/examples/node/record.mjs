// SPDX-License-Identifier: Apache-2.0
// node record.mjs PROTO HOST:PORT LIVE_ID PASSPHRASE SEGMENTS [TOKEN]: starts a stream, prints where its encoder has to call, and an address for each segment as it comes to
// stand in the bucket; stops the stream after so many. PROTO is livestream.proto.
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import grpc from '@grpc/grpc-js';
import loader from '@grpc/proto-loader';

const [proto, address, liveId, passphrase, segments, token] = process.argv.slice(2);
// google/api/annotations.proto, which the proto imports, comes with protobufjs, on which the loader stands.
const includeDirs = [dirname(createRequire(import.meta.url).resolve('protobufjs/package.json'))];
const { livestream } = grpc.loadPackageDefinition(
  loader.loadSync(proto, { keepCase: true, longs: String, enums: String, defaults: true, includeDirs }),
);
// Beyond loopback: grpc.credentials.createSsl().
const client = new livestream.Livestream(address, grpc.credentials.createInsecure());
const metadata = new grpc.Metadata();
if (token) metadata.set('authorization', `Bearer ${token}`);

function call(rpc, request) {
  const deadline = Date.now() + 5_000;
  return promisify((done) => client[rpc](request, metadata, { deadline }, done))();
}

const { status } = await call('HealthCheck', {});
console.log(`service: ${status}`);

// Before the start, so that nothing is missed. Who comes back later says from_cursor: the cursor of the last event it has dealt with.
const events = client.WatchEvents({ from_now: true, live_ids: [liveId] }, metadata);
const { port } = await call('StartPullStream', { live_id: liveId, passphrase });
console.log(`call: srt port ${port}`);

events.on('error', () => {}); // The loop throws it; after the loop it is our own end.

let stored = 0;
for await (const event of events) {
  if (event.type !== 'SEGMENT_UPLOADED') continue;
  const { url } = await call('GetSegmentUrl', { live_id: liveId, sequence: event.sequence });
  console.log(`segment ${event.sequence}: ${event.bytes} bytes, ${url}`);
  stored += 1;
  if (stored === Number(segments)) break;
}
events.cancel();

const { is_success: stopped } = await call('StopPullStream', { live_id: liveId });
console.log(`stopped: ${stopped}`);
client.close();

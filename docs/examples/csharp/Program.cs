// SPDX-License-Identifier: Apache-2.0
// dotnet run -p:GoogleApis=FOLDER -- http://HOST:PORT LIVE_ID PASSPHRASE SEGMENTS [TOKEN]: starts a stream, prints where its encoder has to call, and an address for each
// segment as it comes to stand in the bucket; stops the stream after so many.
using Grpc.Core;
using Grpc.Net.Client;
using Livestream;

var (address, liveId, passphrase, segments) = (args[0], args[1], args[2], int.Parse(args[3]));
var headers = new Metadata();
if (args.Length > 4)
{
    headers.Add("authorization", "Bearer " + args[4]);
}

// Beyond loopback: https://.
using var channel = GrpcChannel.ForAddress(address);
var client = new Livestream.Livestream.LivestreamClient(channel);
DateTime Soon() => DateTime.UtcNow.AddSeconds(5);

var health = await client.HealthCheckAsync(new HealthCheckRequest(), headers, Soon());
Console.WriteLine($"service: {health.Status}");

// Before the start, so that nothing is missed. Who comes back later says FromCursor: the cursor of the last event it has dealt with.
using var events = client.WatchEvents(new WatchEventsRequest { FromNow = true, LiveIds = { liveId } }, headers);
var started = await client.StartPullStreamAsync(
    new StartPullStreamRequest { LiveId = liveId, Passphrase = passphrase }, headers, Soon());
Console.WriteLine($"call: srt port {started.Port}");

var stored = 0;
while (stored < segments && await events.ResponseStream.MoveNext(default))
{
    var happened = events.ResponseStream.Current;
    if (happened.Type != WatchEventsResponse.Types.Type.SegmentUploaded)
    {
        continue;
    }
    var place = await client.GetSegmentUrlAsync(
        new GetSegmentUrlRequest { LiveId = liveId, Sequence = happened.Sequence }, headers, Soon());
    Console.WriteLine($"segment {happened.Sequence}: {happened.Bytes} bytes, {place.Url}");
    stored++;
}

var stopped = await client.StopPullStreamAsync(new StopPullStreamRequest { LiveId = liveId }, headers, Soon());
Console.WriteLine($"stopped: {stopped.IsSuccess}");

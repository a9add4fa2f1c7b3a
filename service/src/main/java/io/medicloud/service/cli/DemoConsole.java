// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cli;

import io.medicloud.mpegts.segment.SegmentFacts;
import io.medicloud.pipeline.event.StreamEvent;
import io.medicloud.service.Service;
import io.medicloud.service.demo.DemoFolder;
import io.medicloud.service.demo.DemoReport;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Prints how a demo goes. */
final class DemoConsole implements DemoReport {
    private final PrintWriter out;
    private final boolean isJson;
    private final Map<Long, SegmentFacts> sealed = new ConcurrentHashMap<>();

    DemoConsole(PrintWriter out, boolean isJson) {
        this.out = out;
        this.isJson = isJson;
    }

    @Override
    public void onReady(Service service, DemoFolder folder) {
        if (isJson) {
            out.println(Json.object()
                    .put("bucketFolder", folder.segments().toString())
                    .put("sent", folder.sent().toString())
                    .put("grpcPort", service.grpcPort())
                    .put("httpPort", service.httpPort())
                    .put("dashboard", "http://127.0.0.1:" + service.httpPort() + "/")
                    .text());
            return;
        }
        out.println("segments land in  " + folder.segments());
        out.println("what is sent      " + folder.sent());
        out.println("gRPC              127.0.0.1:" + service.grpcPort() + " (livestream.Livestream, with reflection)");
        out.println("HTTP              http://127.0.0.1:" + service.httpPort() + "/readyz");
        out.println("dashboard         http://127.0.0.1:" + service.httpPort() + "/");
    }

    @Override
    public void onSealed(SegmentFacts facts) {
        sealed.put(facts.sequence(), facts);
    }

    @Override
    public void onStored(StreamEvent.SegmentUploaded segment) {
        SegmentFacts facts = sealed.remove(segment.sequence());
        String name = segment.key().substring(segment.key().lastIndexOf('/') + 1);
        if (facts != null) {
            out.println(isJson ? SegmentText.json(name, facts, List.of()) : SegmentText.row(name, facts));
        }
    }
}

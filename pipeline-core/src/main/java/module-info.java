// SPDX-License-Identifier: Apache-2.0
/** One live stream: from its source through the cutter to disk, then to an object store, with events. */
module io.medicloud.pipeline {
    requires transitive io.medicloud.mpegts;
    requires transitive io.netty.buffer;
    requires io.github.resilience4j.circuitbreaker;
    requires io.github.resilience4j.core;
    requires java.sql;
    requires org.jdbi.v3.core;
    requires org.slf4j;
    requires org.xerial.sqlitejdbc;
    requires java.management;
    requires static java.desktop;
    requires static jcodec;
    requires static minio;
    requires static okhttp3;
    requires static org.jspecify;

    exports io.medicloud.pipeline;
    exports io.medicloud.pipeline.event;
    exports io.medicloud.pipeline.playlist;
    exports io.medicloud.pipeline.record;
    exports io.medicloud.pipeline.retry;
    exports io.medicloud.pipeline.source;
    exports io.medicloud.pipeline.spool;
    exports io.medicloud.pipeline.store;
    exports io.medicloud.pipeline.text;
    exports io.medicloud.pipeline.thumbnail;
    exports io.medicloud.pipeline.timeline;
}

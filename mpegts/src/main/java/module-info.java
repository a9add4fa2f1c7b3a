/** Parses MPEG transport streams and cuts them at random access points, on packet boundaries, without copying. */
module io.medicloud.mpegts {
    requires transitive io.netty.buffer;
    requires static org.jspecify;

    exports io.medicloud.mpegts.demux;
    exports io.medicloud.mpegts.es;
    exports io.medicloud.mpegts.monitor;
    exports io.medicloud.mpegts.packet;
    exports io.medicloud.mpegts.pes;
    exports io.medicloud.mpegts.probe;
    exports io.medicloud.mpegts.psi;
    exports io.medicloud.mpegts.segment;
}

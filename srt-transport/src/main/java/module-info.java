/** SRT, and nothing that is carried in it. */
module io.medicloud.srt {
    requires java.management;
    requires transitive io.netty.buffer;
    requires io.netty.common;
    requires io.netty.transport;
    requires io.netty.transport.classes.epoll;
    requires io.netty.transport.unix.common;
    requires org.slf4j;
    requires static org.bytedeco.javacpp;
    requires static org.jspecify;

    exports io.medicloud.srt;

    uses io.medicloud.srt.SrtStack;

    provides io.medicloud.srt.SrtStack with
            io.medicloud.srt.libsrt.LibSrtStack,
            io.medicloud.srt.netty.NettySrtStack;
}

/** SRT, and nothing that is carried in it. */
module io.medicloud.srt {
    requires transitive io.netty.buffer;
    requires io.netty.common;
    requires org.slf4j;
    requires static org.bytedeco.javacpp;
    requires static org.jspecify;

    exports io.medicloud.srt;

    uses io.medicloud.srt.SrtStack;

    provides io.medicloud.srt.SrtStack with
            io.medicloud.srt.libsrt.LibSrtStack,
            io.medicloud.srt.nio.JavaSrtStack;
}

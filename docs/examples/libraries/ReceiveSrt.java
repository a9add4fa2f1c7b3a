// SPDX-License-Identifier: Apache-2.0
import io.medicloud.srt.RejectReason;
import io.medicloud.srt.SrtCloseReason;
import io.medicloud.srt.SrtConnection;
import io.medicloud.srt.SrtListener;
import io.medicloud.srt.SrtSink;
import io.medicloud.srt.SrtStack;
import io.medicloud.srt.SrtStacks;
import io.medicloud.srt.SrtUri;
import io.medicloud.srt.SrtVerdict;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;

/** srt-transport: waits for one caller, and writes what it sends. ReceiveSrt 'srt://127.0.0.1:9000?mode=listener&amp;passphrase=…' FILE. */
public final class ReceiveSrt {
    private ReceiveSrt() {}

    public static void main(String[] arguments) throws Exception {
        SrtUri url = SrtUri.parse(arguments[0]);
        SrtStacks.Selection selection = SrtStacks.select(SrtStacks.AUTO);
        System.out.println("stack: " + selection.reason());
        // The sink is called on the stack's own thread, which must not wait for a disk.
        ExecutorService disk = Executors.newSingleThreadExecutor();
        try (SrtStack stack = selection.stack();
                FileChannel out = FileChannel.open(
                        Path.of(arguments[1]),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
            IntoFile sink = new IntoFile(out, disk);
            AtomicBoolean isTaken = new AtomicBoolean();
            try (SrtListener listener = stack.listen(
                    url.local(),
                    url.options(),
                    caller -> isTaken.getAndSet(true)
                            ? SrtVerdict.reject(RejectReason.CONFLICT)
                            : SrtVerdict.accept(sink))) {
                System.out.println("listening on " + listener.localAddress().getPort());
                System.out.println("ended: " + sink.ended.get().message());
            }
        } finally {
            disk.shutdown();
        }
    }

    private static final class IntoFile implements SrtSink {
        private final FileChannel out;
        private final ExecutorService disk;
        private final CompletableFuture<SrtCloseReason> ended = new CompletableFuture<>();

        IntoFile(FileChannel out, ExecutorService disk) {
            this.out = out;
            this.disk = disk;
        }

        @Override
        public void onConnected(SrtConnection connection) {
            System.out.println("connected: " + connection.peer() + (connection.isEncrypted() ? ", encrypted" : ""));
        }

        @Override
        public void onPayload(ByteBuf payload, long nowUs) {
            ByteBuf kept = payload.retainedSlice(); // Lent: to keep it, take a slice. A program for good bounds how many wait.
            disk.execute(() -> write(kept));
        }

        private void write(ByteBuf payload) {
            try {
                while (payload.isReadable()) {
                    payload.readBytes(out, payload.readableBytes());
                }
            } catch (IOException e) {
                ended.completeExceptionally(e);
            } finally {
                payload.release();
            }
        }

        @Override
        public void onClosed(SrtCloseReason why) {
            disk.execute(() -> ended.complete(why)); // After what is to be written.
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.probe;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.StringJoiner;

/** Prints what {@link StreamProbe} says of a file as JSON; records become objects. */
final class ReportJson {
    private ReportJson() {}

    /** Arguments: a folder to write to, and files; each is given in pieces of 100,003 bytes. */
    public static void main(String[] arguments) throws IOException {
        Path out = Path.of(arguments[0]);
        for (int i = 1; i < arguments.length; i++) {
            Path file = Path.of(arguments[i]);
            String json = of(probe(Files.readAllBytes(file), 100_003));
            Files.writeString(out.resolve(file.getFileName() + ".json"), json);
        }
    }

    static ProbeReport probe(byte[] bytes, int piece) {
        StreamProbe probe = new StreamProbe();
        ByteBuf data = Unpooled.wrappedBuffer(bytes);
        for (int at = 0; at < bytes.length; at += piece) {
            probe.onData(data.slice(at, Math.min(piece, bytes.length - at)));
        }
        return probe.finish();
    }

    static String of(Object value) {
        if (value == null || value instanceof Number || value instanceof Boolean) {
            return String.valueOf(value);
        }
        if (value instanceof List<?> list) {
            StringJoiner array = new StringJoiner(",", "[", "]");
            list.forEach(element -> array.add(of(element)));
            return array.toString();
        }
        if (value instanceof Record) {
            StringJoiner object = new StringJoiner(",", "{", "}");
            for (RecordComponent component : value.getClass().getRecordComponents()) {
                try {
                    object.add('"' + component.getName() + "\":"
                            + of(component.getAccessor().invoke(value)));
                } catch (ReflectiveOperationException e) {
                    throw new IllegalStateException(e);
                }
            }
            return object.toString();
        }
        return '"' + String.valueOf(value).replace("\"", "\\\"") + '"';
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.thumbnail;

import io.medicloud.mpegts.packet.Pts;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where on a stream's time line its segments lie, one behind the other as a playlist that has them all plays them, and which of them stand in a sprite. Written as WebVTT (W3C), which is also how it
 * is read again after a restart: a cue a segment, its number as the cue's identifier, and the rest in comments. Keeps the newest. Not thread-safe.
 */
final class Timeline {
    /** Segments that are named, at most. */
    static final int MOST = 2000;

    /** Pictures side by side in a sprite. */
    static final int ACROSS = 5;
    /** Pictures in a sprite, one for each of so many segments by their numbers. */
    static final int TILES = ACROSS * ACROSS;

    private static final Pattern HEAD =
            Pattern.compile("NOTE medicloud last=([0-9]{1,18}) ticks=([0-9]{1,18}) prefix=(.*)");
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");
    private static final Pattern TIMES = Pattern.compile(
            "([0-9]{2,9}):([0-9]{2}):([0-9]{2})\\.([0-9]{3}) --> ([0-9]{2,9}):([0-9]{2}):([0-9]{2})\\.([0-9]{3})");

    private final Deque<Cue> cues = new ArrayDeque<>();
    private String prefix = "";
    private long last;
    /** In units of 1/90000 s: what is rounded before it is added up goes astray. */
    private long endTicks;

    /** A segment's place; its picture is in its sprite, or it waits for that. */
    private static final class Cue {
        private final long sequence;
        private final long beginMs;
        private final long endMs;
        private boolean isShown;

        Cue(long sequence, long beginMs, long endMs, boolean isShown) {
            this.sequence = sequence;
            this.beginMs = beginMs;
            this.endMs = endMs;
            this.isShown = isShown;
        }
    }

    /** The number of the sprite that has a segment's picture, from 1. */
    static long spriteOf(long sequence) {
        return (sequence - 1) / TILES + 1;
    }

    static boolean isLastInSprite(long sequence) {
        return sequence % TILES == 0;
    }

    static String nameOf(long sprite) {
        return "sprite_" + sprite + ".jpg";
    }

    /** Reads what {@link #write} wrote; what is not understood is not there. */
    static Timeline read(@Nullable String text) {
        Timeline line = new Timeline();
        long sequence = 0;
        for (String row : text == null ? new String[0] : text.split("\n", -1)) {
            Matcher head = HEAD.matcher(row);
            Matcher times = TIMES.matcher(row);
            if (head.matches()) {
                line.last = Long.parseLong(head.group(1));
                line.endTicks = Long.parseLong(head.group(2));
                line.prefix = head.group(3);
            } else if (NUMBER.matcher(row).matches()) {
                sequence = Long.parseLong(row);
            } else if (times.matches() && sequence > 0) {
                line.cues.add(new Cue(sequence, millis(times, 1), millis(times, 5), true));
                sequence = 0;
            }
        }
        while (line.cues.size() > (line.last == 0 ? 0 : MOST)) {
            line.cues.remove();
        }
        return line;
    }

    private static long millis(long ticks) {
        return ticks / (Pts.HZ / 1000);
    }

    private static long millis(Matcher times, int group) {
        return ((Long.parseLong(times.group(group)) * 60 + Long.parseLong(times.group(group + 1))) * 60
                                + Long.parseLong(times.group(group + 2)))
                        * 1000
                + Long.parseLong(times.group(group + 3));
    }

    /**
     * A segment is whole; one that was told before changes nothing.
     *
     * @param ticks how long it is played, in units of 1/90000 s
     */
    void onSealed(long sequence, long ticks) {
        if (sequence <= last) {
            return;
        }
        last = sequence;
        cues.add(new Cue(sequence, millis(endTicks), millis(endTicks + ticks), false));
        endTicks += ticks;
        if (cues.size() > MOST) {
            cues.remove();
        }
    }

    /** What the keys of its segments begin with; what stands elsewhere cannot be named with them. */
    void onStored(String keyPrefix) {
        if (!keyPrefix.equals(prefix)) {
            if (!prefix.isEmpty()) {
                cues.removeIf(cue -> cue.isShown);
            }
            prefix = keyPrefix;
        }
    }

    /** A segment's picture is in its sprite. */
    void onShown(long sequence) {
        Cue cue = find(sequence);
        if (cue != null) {
            cue.isShown = true;
        }
    }

    /** Whether a segment's picture waits for its sprite. */
    boolean isWaiting(long sequence) {
        Cue cue = find(sequence);
        return cue != null && !cue.isShown;
    }

    private @Nullable Cue find(long sequence) {
        for (Iterator<Cue> newest = cues.descendingIterator(); newest.hasNext(); ) {
            Cue cue = newest.next();
            if (cue.sequence <= sequence) {
                return cue.sequence == sequence ? cue : null;
            }
        }
        return null;
    }

    /** The number of the last segment that has a place. */
    long last() {
        return last;
    }

    /** That segment and those before it are gone. Returns whether one of them was named. */
    boolean onExpired(long sequence) {
        boolean isNamed = false;
        while (!cues.isEmpty() && cues.getFirst().sequence <= sequence) {
            isNamed |= cues.remove().isShown;
        }
        return isNamed;
    }

    String prefix() {
        return prefix;
    }

    boolean isEmpty() {
        return cues.stream().noneMatch(cue -> cue.isShown);
    }

    /** As WebVTT, for tiles of this size. */
    String write(int tileWidth, int tileHeight) {
        StringBuilder text = new StringBuilder(cues.size() * 96 + 128);
        text.append("WEBVTT\n\nNOTE medicloud last=")
                .append(last)
                .append(" ticks=")
                .append(endTicks);
        text.append(" prefix=").append(prefix).append('\n');
        for (Cue cue : cues) {
            if (cue.isShown) {
                long tile = (cue.sequence - 1) % TILES;
                text.append('\n').append(cue.sequence).append('\n');
                time(text, cue.beginMs).append(" --> ");
                time(text, cue.endMs).append('\n').append(nameOf(spriteOf(cue.sequence)));
                text.append("#xywh=").append(tile % ACROSS * tileWidth).append(',');
                text.append(tile / ACROSS * tileHeight).append(',');
                text.append(tileWidth).append(',').append(tileHeight).append('\n');
            }
        }
        return text.toString();
    }

    private static StringBuilder time(StringBuilder text, long ms) {
        return text.append(
                "%02d:%02d:%02d.%03d".formatted(ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60, ms % 1000));
    }
}

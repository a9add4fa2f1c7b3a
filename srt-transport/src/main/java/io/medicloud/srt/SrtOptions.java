// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt;

import java.util.EnumMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What is asked of a listener or a connection: values of {@link SrtOption}s, checked each and together. Immutable.
 * {@link #toString} hides the passphrase.
 */
public final class SrtOptions {

    /** Nothing set: every option has its standard value. */
    public static final SrtOptions STANDARD = new SrtOptions(new EnumMap<>(SrtOption.class));

    // Bytes of a packet that are not payload: IP 20, UDP 8, SRT 16.
    private static final int HEADERS = 44;
    // What the packet filter's packets have more than those they protect.
    private static final int FILTER_HEADER = 4;
    private static final int AES_GCM = 2;

    private final EnumMap<SrtOption, Object> values;

    private SrtOptions(EnumMap<SrtOption, Object> values) {
        this.values = values;
    }

    /**
     * Options from texts, as a URL or a configuration has them.
     *
     * @throws IllegalArgumentException naming the option and what it takes
     */
    public static SrtOptions parse(Map<SrtOption, String> texts) {
        EnumMap<SrtOption, Object> values = new EnumMap<>(SrtOption.class);
        texts.forEach((option, text) -> values.put(option, option.parse(text)));
        return new SrtOptions(values).checked();
    }

    /** These options with a number among them; milliseconds, bytes, packets as the option says. */
    public SrtOptions with(SrtOption option, long value) {
        return withValue(option, value);
    }

    /** These options with a flag among them. */
    public SrtOptions with(SrtOption option, boolean value) {
        return withValue(option, value);
    }

    /** These options with a text among them. */
    public SrtOptions with(SrtOption option, String value) {
        return withValue(option, value);
    }

    /** Sets {@link SrtOption#PASSPHRASE}. */
    public SrtOptions withPassphrase(String passphrase) {
        return with(SrtOption.PASSPHRASE, passphrase);
    }

    /** Sets {@link SrtOption#STREAMID}. */
    public SrtOptions withStreamId(String streamId) {
        return with(SrtOption.STREAMID, streamId);
    }

    /** Sets {@link SrtOption#LATENCY}, in milliseconds. */
    public SrtOptions withLatencyMs(int latencyMs) {
        return with(SrtOption.LATENCY, latencyMs);
    }

    /** True if the option was set, if only to its standard value. */
    public boolean isSet(SrtOption option) {
        return values.containsKey(option);
    }

    /** The number set, or the standard one. */
    public long number(SrtOption option) {
        return (Long) value(option);
    }

    /** The flag set, or the standard one. */
    public boolean flag(SrtOption option) {
        return (Boolean) value(option);
    }

    /** The text set, or the standard one. */
    public String text(SrtOption option) {
        return (String) value(option);
    }

    /** The passphrase, empty if none. */
    public String passphrase() {
        return text(SrtOption.PASSPHRASE);
    }

    /** The stream id, empty if none. */
    public String streamId() {
        return text(SrtOption.STREAMID);
    }

    /** Texts of what is set, by key, as a URL has them: the passphrase too. */
    Map<SrtOption, String> texts() {
        EnumMap<SrtOption, String> texts = new EnumMap<>(SrtOption.class);
        values.forEach((option, value) -> texts.put(option, option.format(value)));
        return texts;
    }

    private Object value(SrtOption option) {
        return values.getOrDefault(option, option.standard());
    }

    private SrtOptions withValue(SrtOption option, Object value) {
        EnumMap<SrtOption, Object> more = new EnumMap<>(values);
        more.put(option, option.check(value));
        return new SrtOptions(more).checked();
    }

    private SrtOptions checked() {
        int taken = HEADERS + (text(SrtOption.PACKETFILTER).isEmpty() ? 0 : FILTER_HEADER);
        long room = number(SrtOption.MSS) - taken;
        // A payload size that nobody asked for follows the packets' size.
        if (isSet(SrtOption.PAYLOADSIZE) && number(SrtOption.PAYLOADSIZE) > room) {
            throw new IllegalArgumentException("payloadsize must be at most mss less " + taken + ", that is " + room
                    + " (is " + number(SrtOption.PAYLOADSIZE) + ")");
        }
        long refresh = number(SrtOption.KMREFRESHRATE);
        long announce = number(SrtOption.KMPREANNOUNCE);
        // One of them alone limits the other's standard value, or is limited by it.
        if (refresh > 0 && announce > (refresh - 1) / 2) {
            throw new IllegalArgumentException(
                    "kmpreannounce must be less than half of kmrefreshrate (is " + announce + " of " + refresh + ")");
        }
        if (!flag(SrtOption.TSBPD) && isSet(SrtOption.TLPKTDROP) && flag(SrtOption.TLPKTDROP)) {
            throw new IllegalArgumentException("tlpktdrop needs tsbpd");
        }
        if (!flag(SrtOption.TSBPD) && number(SrtOption.CRYPTOMODE) == AES_GCM) {
            throw new IllegalArgumentException("cryptomode 2 (AES-GCM) needs tsbpd");
        }
        return this;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SrtOptions that && values.equals(that.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return texts().entrySet().stream()
                .map(e -> e.getKey().key() + "=" + (e.getKey() == SrtOption.PASSPHRASE ? "***" : e.getValue()))
                .collect(Collectors.joining(", ", "SrtOptions[", "]"));
    }
}

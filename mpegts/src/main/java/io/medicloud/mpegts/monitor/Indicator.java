// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.monitor;

/**
 * The indicators of ETSI TR 101 290 V1.4.1, clause 5.2: 1.x first priority (table 5.0a), without which the stream does not decode; 2.x second
 * priority (5.0b), to be monitored continuously; 3.x third priority (5.0c), service information and buffers. Those that a later one replaces
 * (1.3, 1.5, 2.3, 3.1, 3.4, 3.5, 3.6) are kept for those who compare with older instruments.
 */
public enum Indicator {
    /** Packets are no longer found: two sync bytes in a row are wrong; five in a row that are right end it. */
    TS_SYNC_LOSS("1.1", "TS_sync_loss"),
    /** A sync byte is not 47. */
    SYNC_BYTE_ERROR("1.2", "Sync_byte_error"),
    /** PID 0 is away for more than 0.5 s, carries another table, or is scrambled. */
    PAT_ERROR("1.3", "PAT_error"),
    /** As 1.3, but for complete sections with table_id 00. */
    PAT_ERROR_2("1.3.a", "PAT_error_2"),
    /** Packets are missing, out of order, or come more than twice. */
    CONTINUITY_COUNT_ERROR("1.4", "Continuity_count_error"),
    /** A PID that the PAT names is without a program map section for more than 0.5 s, or is scrambled. */
    PMT_ERROR("1.5", "PMT_error"),
    /** As 1.5, for program_map_PIDs, without network PIDs. */
    PMT_ERROR_2("1.5.a", "PMT_error_2"),
    /** A picture or sound PID that a PMT names does not come for {@link MonitorPolicy#pidPeriodUs}. */
    PID_ERROR("1.6", "PID_error"),

    /** transport_error_indicator is set. */
    TRANSPORT_ERROR("2.1", "Transport_error"),
    /** The CRC_32 of a CAT, PAT, PMT, NIT, EIT, BAT, SDT or TOT section is wrong. */
    CRC_ERROR("2.2", "CRC_error"),
    /** Either of the two that follow. */
    PCR_ERROR("2.3", "PCR_error"),
    /** More than 100 ms between two clock references of a program. */
    PCR_REPETITION_ERROR("2.3.a", "PCR_repetition_error"),
    /** Two clock references differ by less than 0 or more than 100 ms, and discontinuity_indicator does not announce it. */
    PCR_DISCONTINUITY_INDICATOR_ERROR("2.3.b", "PCR_discontinuity_indicator_error"),
    /** A clock reference is more than 500 ns off its place in a stream of constant rate. */
    PCR_ACCURACY_ERROR("2.4", "PCR_accuracy_error"),
    /** More than 700 ms between two presentation time stamps of a picture or sound PID. */
    PTS_ERROR("2.5", "PTS_error"),
    /** Packets are scrambled and there is no CAT, or PID 1 carries another table. */
    CAT_ERROR("2.6", "CAT_error"),

    /** PID 10 carries another table than NIT and ST, or no NIT for more than 10 s. */
    NIT_ERROR("3.1", "NIT_error"),
    /** As 3.1 for the NIT of the actual network; or two of its sections lie less than 25 ms apart. */
    NIT_ACTUAL_ERROR("3.1.a", "NIT_actual_error"),
    /** A section of another network's NIT comes again only after more than 10 s. */
    NIT_OTHER_ERROR("3.1.b", "NIT_other_error"),
    /** A table of service information comes more seldom, or more often, than EN 300 468 and TR 101 211 allow. */
    SI_REPETITION_ERROR("3.2", "SI_repetition_error"),
    /** A buffer of the system target decoder overflows, or lacks a picture when that is due. */
    BUFFER_ERROR("3.3", "Buffer_error"),
    /** A PID that no PMT names within 0.5 s. */
    UNREFERENCED_PID("3.4", "Unreferenced_PID"),
    /** As 3.4, but a CAT may name it too, and PIDs up to 1F need no name. */
    UNREFERENCED_PID_2("3.4.a", "Unreferenced_PID_2"),
    /** PID 11 carries another table than SDT, BAT and ST, or no SDT of the actual stream for more than 2 s. */
    SDT_ERROR("3.5", "SDT_error"),
    /** As 3.5; or two sections of the actual stream's SDT lie less than 25 ms apart. */
    SDT_ACTUAL_ERROR("3.5.a", "SDT_actual_error"),
    /** A section of another stream's SDT comes again only after more than 10 s. */
    SDT_OTHER_ERROR("3.5.b", "SDT_other_error"),
    /** PID 12 carries another table than EIT and ST, or no present and following events for more than 2 s. */
    EIT_ERROR("3.6", "EIT_error"),
    /** As 3.6; or two sections of one sub-table of the actual stream lie less than 25 ms apart. */
    EIT_ACTUAL_ERROR("3.6.a", "EIT_actual_error"),
    /** Present or following events of another stream come again only after more than 10 s. */
    EIT_OTHER_ERROR("3.6.b", "EIT_other_error"),
    /** Only one of the present and the following event's sections is there. */
    EIT_PF_ERROR("3.6.c", "EIT_PF_error"),
    /** PID 13 carries another table than RST and ST, or two RST less than 25 ms apart. */
    RST_ERROR("3.7", "RST_error"),
    /** PID 14 carries another table than TDT, TOT and ST, no TDT for more than 30 s, or two less than 25 ms apart. */
    TDT_ERROR("3.8", "TDT_error"),
    /** A transport buffer or multiplex buffer is not empty once a second. */
    EMPTY_BUFFER_ERROR("3.9", "Empty_buffer_error"),
    /** Data stay in the system target decoder for longer than allowed: 1 s, 10 s for H.264 and H.265. */
    DATA_DELAY_ERROR("3.10", "Data_delay_error");

    private final String number;
    private final String title;

    Indicator(String number, String title) {
        this.number = number;
        this.title = title;
    }

    /** Its number in the standard's tables, such as "1.3.a". */
    public String number() {
        return number;
    }

    /** Its name in the standard, such as "PAT_error_2". */
    public String title() {
        return title;
    }

    /** Whether it takes time to measure it, so that it cannot be in a file without clock references. */
    boolean isTimed() {
        return switch (this) {
            case TS_SYNC_LOSS, SYNC_BYTE_ERROR, CONTINUITY_COUNT_ERROR, TRANSPORT_ERROR, CRC_ERROR -> false;
            default -> true;
        };
    }

    /** 1, 2 or 3. */
    public int priority() {
        return number.charAt(0) - '0';
    }
}

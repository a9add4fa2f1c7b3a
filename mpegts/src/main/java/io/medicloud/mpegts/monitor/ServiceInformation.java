// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.monitor;

import io.medicloud.mpegts.psi.Crc32Mpeg;

/**
 * The indicators of service information, 3.1, 3.2 and 3.5 to 3.8: which tables stand on PIDs 10 to 14, and how often (EN 300 468, 5.1.4; TR 101 211,
 * 4.4). Sections lie 25 ms apart if their table_id and what identifies their sub-table are the same. Event schedules are not timed.
 * Not thread-safe.
 */
final class ServiceInformation {
    static final int NIT = 0x10;
    static final int SDT = 0x11;
    static final int EIT = 0x12;
    static final int RST = 0x13;
    static final int TDT = 0x14;

    private static final int NIT_ACTUAL = 0x40;
    private static final int NIT_OTHER = 0x41;
    private static final int SDT_ACTUAL = 0x42;
    private static final int SDT_OTHER = 0x46;
    private static final int BAT = 0x4A;
    private static final int EIT_ACTUAL = 0x4E;
    private static final int EIT_OTHER = 0x4F;
    private static final int EIT_LAST = 0x6F;
    private static final int TIME_AND_DATE = 0x70;
    private static final int RUNNING_STATUS = 0x71;
    private static final int STUFFING = 0x72;
    private static final int TIME_OFFSET = 0x73;

    private static final long LEAST_GAP_US = 25_000;
    private static final long SECOND_US = 1_000_000;
    private static final long OTHER_US = 10 * SECOND_US;
    private static final int NO_SECTION = 0xFF;

    private final Alarms alarms;
    private final SectionTimes subTables = new SectionTimes();
    private final SectionTimes sections = new SectionTimes();
    private final Repetition nit;
    private final Repetition nitActual;
    private final Repetition sdt;
    private final Repetition eitPresent;
    private final Repetition eitFollowing;
    private final Repetition tdt;
    private final Repetition bat;
    private final Repetition tot;
    private final Repetition[] all;
    private boolean timeless;

    ServiceInformation(Alarms alarms) {
        this.alarms = alarms;
        nit = repetition(NIT, 10, Indicator.NIT_ERROR);
        nitActual = repetition(NIT, 10, Indicator.NIT_ACTUAL_ERROR, Indicator.SI_REPETITION_ERROR);
        sdt = repetition(SDT, 2, Indicator.SDT_ERROR, Indicator.SDT_ACTUAL_ERROR, Indicator.SI_REPETITION_ERROR);
        eitPresent = repetition(EIT, 2, Indicator.EIT_ERROR, Indicator.EIT_ACTUAL_ERROR, Indicator.SI_REPETITION_ERROR);
        eitFollowing =
                repetition(EIT, 2, Indicator.EIT_ERROR, Indicator.EIT_ACTUAL_ERROR, Indicator.SI_REPETITION_ERROR);
        tdt = repetition(TDT, 30, Indicator.TDT_ERROR, Indicator.SI_REPETITION_ERROR);
        bat = repetition(SDT, 10, Indicator.SI_REPETITION_ERROR);
        tot = repetition(TDT, 30, Indicator.SI_REPETITION_ERROR);
        all = new Repetition[] {nit, nitActual, sdt, eitPresent, eitFollowing, tdt, bat, tot};
    }

    private Repetition repetition(int pid, int seconds, Indicator... indicators) {
        return new Repetition(alarms, pid, seconds * SECOND_US, indicators);
    }

    /** What a DVB network has to have is missed from here on. */
    void require(long nowUs) {
        nit.start(nowUs);
        nitActual.start(nowUs);
        sdt.start(nowUs);
        eitPresent.start(nowUs);
        eitFollowing.start(nowUs);
        tdt.start(nowUs);
    }

    /** Time does not run: sections do not lie apart. */
    void setTimeless() {
        timeless = true;
    }

    /** Raises for what is late; returns when something will be. */
    long check(long nowUs) {
        long due = Long.MAX_VALUE;
        for (Repetition repetition : all) {
            due = Math.min(due, repetition.check(nowUs));
        }
        return due;
    }

    /** A section on one of the PIDs 10 to 14; its CRC is right, if section_syntax_indicator says that it has one. */
    void onSection(int pid, byte[] section, int length, long startUs, long endUs) {
        int table = section[0] & 0xFF;
        switch (pid) {
            case NIT -> onNit(table, section, length, startUs, endUs);
            case SDT -> onSdt(table, section, length, startUs, endUs);
            case EIT -> onEit(table, section, length, startUs, endUs);
            case RST -> {
                alarms.measure(Indicator.RST_ERROR);
                if (table == RUNNING_STATUS) {
                    checkGap(Indicator.RST_ERROR, pid, key(section, length, NO_SECTION), startUs, endUs);
                } else if (table != STUFFING) {
                    alarms.raise(Indicator.RST_ERROR, pid, endUs);
                }
            }
            default -> onTime(table, section, length, startUs, endUs);
        }
    }

    private void onNit(int table, byte[] section, int length, long startUs, long endUs) {
        switch (table) {
            case NIT_ACTUAL -> {
                nit.seen(endUs);
                nitActual.seen(endUs);
                checkGap(Indicator.NIT_ACTUAL_ERROR, NIT, key(section, length, NO_SECTION), startUs, endUs);
            }
            case NIT_OTHER -> {
                nit.seen(endUs);
                checkPeriod(Indicator.NIT_OTHER_ERROR, NIT, section, length, endUs);
            }
            case STUFFING -> {}
            default -> {
                alarms.raise(Indicator.NIT_ERROR, NIT, endUs);
                alarms.raise(Indicator.NIT_ACTUAL_ERROR, NIT, endUs);
            }
        }
    }

    private void onSdt(int table, byte[] section, int length, long startUs, long endUs) {
        switch (table) {
            case SDT_ACTUAL -> {
                sdt.seen(endUs);
                checkGap(Indicator.SDT_ACTUAL_ERROR, SDT, key(section, length, NO_SECTION), startUs, endUs);
            }
            case SDT_OTHER -> checkPeriod(Indicator.SDT_OTHER_ERROR, SDT, section, length, endUs);
            case BAT -> {
                bat.seen(endUs);
                checkGap(Indicator.SI_REPETITION_ERROR, SDT, key(section, length, NO_SECTION), startUs, endUs);
            }
            case STUFFING -> {}
            default -> {
                alarms.raise(Indicator.SDT_ERROR, SDT, endUs);
                alarms.raise(Indicator.SDT_ACTUAL_ERROR, SDT, endUs);
            }
        }
    }

    private void onEit(int table, byte[] section, int length, long startUs, long endUs) {
        int number = length > 6 ? section[6] & 0xFF : NO_SECTION;
        if (table == EIT_ACTUAL) {
            if (number == 0) {
                eitPresent.seen(endUs);
                eitFollowing.start(endUs);
            } else if (number == 1) {
                eitFollowing.seen(endUs);
                eitPresent.start(endUs);
            }
            checkPresentAndFollowing(section, length, number, 2 * SECOND_US, endUs);
            checkGap(Indicator.EIT_ACTUAL_ERROR, EIT, key(section, length, NO_SECTION), startUs, endUs);
        } else if (table == EIT_OTHER) {
            checkPresentAndFollowing(section, length, number, OTHER_US, endUs);
            checkPeriod(Indicator.EIT_OTHER_ERROR, EIT, section, length, endUs);
        } else if (table != STUFFING && (table < EIT_ACTUAL || table > EIT_LAST)) {
            alarms.raise(Indicator.EIT_ERROR, EIT, endUs);
            alarms.raise(Indicator.EIT_ACTUAL_ERROR, EIT, endUs);
        }
    }

    private void onTime(int table, byte[] section, int length, long startUs, long endUs) {
        switch (table) {
            case TIME_AND_DATE -> {
                tdt.seen(endUs);
                checkGap(Indicator.TDT_ERROR, TDT, key(section, length, NO_SECTION), startUs, endUs);
            }
            case TIME_OFFSET -> {
                // A TOT has a CRC although its section_syntax_indicator is 0 (EN 300 468, 5.2.6).
                if (Crc32Mpeg.of(section, 0, length) == 0) {
                    tot.seen(endUs);
                } else {
                    alarms.raise(Indicator.CRC_ERROR, TDT, endUs);
                }
            }
            case STUFFING -> {}
            default -> alarms.raise(Indicator.TDT_ERROR, TDT, endUs);
        }
    }

    /** Two sections of a sub-table: from the end of one to the start of the next. */
    private void checkGap(Indicator indicator, int pid, long subTable, long startUs, long endUs) {
        long last = subTables.last(subTable);
        if (last != SectionTimes.NEVER && startUs - last < LEAST_GAP_US && !timeless) {
            alarms.raise(indicator, pid, endUs);
            alarms.raise(Indicator.SI_REPETITION_ERROR, pid, endUs);
        }
        subTables.set(subTable, endUs);
    }

    /** A section of a table that tells of another network or stream: from one time to the next. */
    private void checkPeriod(Indicator indicator, int pid, byte[] section, int length, long endUs) {
        alarms.measure(indicator);
        long key = key(section, length, length > 6 ? section[6] & 0xFF : 0);
        long last = sections.last(key);
        if (last != SectionTimes.NEVER && endUs - last > OTHER_US) {
            alarms.raise(indicator, pid, endUs);
            alarms.raise(Indicator.SI_REPETITION_ERROR, pid, endUs);
        }
        sections.set(key, endUs);
    }

    /** Whether the one section of a sub-table comes again and again without the other. */
    private void checkPresentAndFollowing(byte[] section, int length, int number, long periodUs, long endUs) {
        if (number > 1) {
            return;
        }
        alarms.measure(Indicator.EIT_PF_ERROR);
        long mine = key(section, length, 0x80 | number);
        long other = key(section, length, 0x80 | (1 - number));
        long first = sections.first(mine);
        if (first != SectionTimes.NEVER && endUs - Math.max(first, sections.last(other)) > periodUs) {
            alarms.raise(Indicator.EIT_PF_ERROR, EIT, endUs);
        }
        sections.set(mine, endUs);
    }

    /** table_id, table_id_extension, and, of events, transport stream and network; a number behind them. */
    private static long key(byte[] section, int length, int number) {
        long key = (long) (section[0] & 0xFF) << 56 | number;
        if (length > 4 && (section[1] & 0x80) != 0) {
            key |= (long) (section[3] & 0xFF) << 48 | (long) (section[4] & 0xFF) << 40;
        }
        boolean events = section[0] == EIT_ACTUAL || section[0] == EIT_OTHER;
        for (int i = 8; events && i < 12 && i < length; i++) {
            key |= (long) (section[i] & 0xFF) << (8 * (12 - i));
        }
        return key;
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.monitor;

/** What a PID carries, by its number and the tables in force. */
public enum PidRole {
    PAT,
    CAT,
    PMT,
    NIT,
    SDT,
    EIT,
    RST,
    TDT,
    /** Another PID that is kept for tables. */
    RESERVED,
    VIDEO,
    AUDIO,
    /** A stream of a program that is neither picture nor sound. */
    DATA,
    /** Clock references and nothing else. */
    PCR,
    /** Conditional access messages. */
    CA,
    NULL,
    /** No table names it. */
    UNREFERENCED
}

// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cluster;

/** What became of a change of what is wanted. */
public enum ChangeEnd {
    /** It is so, for all nodes. */
    DONE,
    /** The stream was wanted already; nothing was changed. */
    ALREADY_WANTED,
    /** The stream was not wanted; nothing was changed. */
    NOT_WANTED,
    /** The bucket did not answer in time: it may become so. */
    NOT_KNOWN,
    /** Too many changes wait. */
    REFUSED
}

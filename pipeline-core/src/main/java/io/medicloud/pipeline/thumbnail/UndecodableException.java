// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.thumbnail;

/** A picture is coded in a way that is not decoded here, and so will be those that follow it; the message says which way. */
final class UndecodableException extends Exception {
    private static final long serialVersionUID = 1;

    UndecodableException(String message) {
        super(message);
    }
}

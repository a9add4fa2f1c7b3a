// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.e2e;

/** The same where the service's SRT is libsrt's. */
class CanariesLibsrtIT extends CanariesIT {
    @Override
    String stack() {
        return "libsrt";
    }
}

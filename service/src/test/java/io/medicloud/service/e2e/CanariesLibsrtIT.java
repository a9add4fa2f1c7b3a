// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.e2e;

/** The same where SRT is libsrt's, in the service and in the encoders. */
class CanariesLibsrtIT extends CanariesIT {
    @Override
    String stack() {
        return "libsrt";
    }
}

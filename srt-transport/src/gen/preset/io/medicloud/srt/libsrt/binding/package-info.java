// SPDX-License-Identifier: Apache-2.0
/** libsrt's C interface, as JavaCPP generates it. Nothing here is for people; {@code io.medicloud.srt.libsrt} uses it. */
package io.medicloud.srt.libsrt.binding;

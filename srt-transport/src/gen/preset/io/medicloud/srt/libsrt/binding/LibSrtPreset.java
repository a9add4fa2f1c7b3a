// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.libsrt.binding;

import org.bytedeco.javacpp.annotation.Platform;
import org.bytedeco.javacpp.annotation.Properties;
import org.bytedeco.javacpp.tools.Info;
import org.bytedeco.javacpp.tools.InfoMap;
import org.bytedeco.javacpp.tools.InfoMapper;

/** Tells JavaCPP how to bind libsrt's C interface. Its output stands in {@code src/gen/java}. */
@Properties(
        value =
                @Platform(
                        value = "linux-x86_64",
                        include = {"srt/version.h", "srt/logging_api.h", "srt/srt.h", "medicloud_srt.h"},
                        compiler = "cpp17",
                        link = "srt@.1.5",
                        preload = "crypto@.3",
                        linkpath = "/usr/lib/x86_64-linux-gnu/",
                        preloadpath = "/usr/lib/x86_64-linux-gnu/",
                        library = "jnimedicloudsrt"),
        target = "io.medicloud.srt.libsrt.binding",
        global = "io.medicloud.srt.libsrt.binding.LibSrt")
public class LibSrtPreset implements InfoMapper {

    private static final String UNCHECKED = "@SuppressWarnings(\"unchecked\")";

    @Override
    public void map(InfoMap map) {
        map.put(new Info("SRT_API", "SRT_ATR_UNUSED", "SRT_ATR_NODISCARD", "SRT_ATR_DEPRECATED", "SRT_ATR_DEPRECATED_PX")
                        .cppTypes()
                        .annotations())
                .put(new Info("_WIN32", "ENABLE_BONDING", "__cplusplus").define(false))
                .put(new Info("sockaddr").pointerTypes("Pointer").cast())
                .put(new Info("SRTSOCKET", "SYSSOCKET", "UDPSOCKET").cast().valueTypes("int").pointerTypes("IntPointer"))
                .put(new Info("SRT_LOG_LEVEL_MIN", "SRT_LOG_LEVEL_MAX")
                        .cppTypes("int")
                        .translate(false))
                // What JavaCPP writes for a struct overrides with an unchecked conversion.
                .put(new Info("SRT_TRACEBSTATS", "CBytePerfMon").pointerTypes("CBytePerfMon").annotations(UNCHECKED))
                .put(new Info("SRT_EPOLL_EVENT_STR").pointerTypes("SRT_EPOLL_EVENT").annotations(UNCHECKED))
                .put(new Info("SRT_MsgCtrl_").pointerTypes("SRT_MSGCTRL").annotations(UNCHECKED))
                .put(new Info(
                                "SRT_MAKE_VERSION",
                                "SRT_MAKE_VERSION_VALUE",
                                "SRT_VERSION_VALUE",
                                "SRT_REJC_VALUE",
                                "SRT_DEPRECATED_OPTION",
                                "SRT_EMJ",
                                "SRT_EMN",
                                "medicloud_is_running",
                                "srt_socket",
                                "srt_bind_peerof",
                                "srt_rejectreason_msg",
                                "SRT_SOCKGROUPDATA",
                                "SRT_SocketGroupData_",
                                "SRT_SOCKGROUPCONFIG",
                                "SRT_GroupMemberConfig_",
                                "SRT_SOCKOPT_CONFIG",
                                "SRT_SocketOptionObject",
                                "srt_create_group",
                                "srt_groupof",
                                "srt_group_data",
                                "srt_create_config",
                                "srt_delete_config",
                                "srt_config_add",
                                "srt_prepare_endpoint",
                                "srt_connect_group",
                                "srt_accept_bond",
                                "SRT_MsgCtrl_::grpdata",
                                "srt_bind",
                                "srt_bstats",
                                "srt_connect_bind",
                                "srt_connect_callback",
                                "srt_connect_callback_fn",
                                "srt_connect_debug",
                                "srt_epoll_add_ssock",
                                "srt_epoll_remove_ssock",
                                "srt_epoll_update_ssock",
                                "srt_epoll_wait",
                                "srt_recv",
                                "srt_recvmsg",
                                "srt_recvfile",
                                "srt_rendezvous",
                                "srt_send",
                                "srt_sendfile",
                                "srt_sendmsg")
                        .skip())
                // Payloads are bytes, never text.
                .put(new Info("srt_sendmsg2")
                        .javaText(
                                "public static native int srt_sendmsg2(int u, @Cast(\"const char*\") Pointer buf, int len, SRT_MSGCTRL mctrl);"))
                .put(new Info("srt_recvmsg2")
                        .javaText(
                                "public static native int srt_recvmsg2(int u, @Cast(\"char*\") Pointer buf, int len, SRT_MSGCTRL mctrl);"));
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.security;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.grpc.Status;
import io.medicloud.srt.SrtStreamId;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Who may call what. What is not listed is for administrators. */
public final class RpcPolicy {
    private static final String LIVE_ID = "live_id";
    private static final String LIVE_IDS = "live_ids";
    private static final String PREFIX = "storage_prefix";
    private static final String STREAM_ID = "stream_id";

    /** By the method's name. Null: anybody, also without credentials. */
    private static final Map<String, Role> NEEDED = Map.ofEntries(
            Map.entry("StartPullStream", Role.OPERATOR),
            Map.entry("StopPullStream", Role.OPERATOR),
            Map.entry("UpdateStream", Role.OPERATOR),
            Map.entry("ListActiveStreams", Role.VIEWER),
            Map.entry("ListStreams", Role.VIEWER),
            Map.entry("GetStreamStats", Role.VIEWER),
            Map.entry("WatchStreamStats", Role.VIEWER),
            Map.entry("GetStreamInfo", Role.VIEWER),
            Map.entry("WatchStreamStatus", Role.VIEWER),
            Map.entry("WatchEvents", Role.VIEWER),
            Map.entry("ListSegments", Role.VIEWER),
            Map.entry("GetSegmentUrl", Role.VIEWER),
            Map.entry("GetThumbnail", Role.VIEWER),
            Map.entry("GetPlaybackUrl", Role.VIEWER),
            Map.entry("ListNodes", Role.ADMIN),
            Map.entry("DrainNode", Role.ADMIN));

    /** What is about all streams, and nothing for those who have some. */
    private static final Set<String> OF_ALL = Set.of("ListNodes", "DrainNode");

    private static final String PUBLIC = "HealthCheck";

    private RpcPolicy() {}

    /** The role that a method needs; null if anybody may call it. */
    public static @Nullable Role needed(String method) {
        return method.equals(PUBLIC) ? null : NEEDED.getOrDefault(method, Role.ADMIN);
    }

    /** Whether a method changes something: what is more than looking. */
    static boolean changes(String method) {
        Role role = needed(method);
        return role != null && role != Role.VIEWER;
    }

    /** Whether the policy says something of a method. */
    public static boolean isListed(String method) {
        return method.equals(PUBLIC) || NEEDED.containsKey(method);
    }

    /**
     * Null if the caller may make that call, else why not.
     *
     * @param fault what is told of a caller that is not known
     */
    public static @Nullable Status refusal(@Nullable Identity caller, String fault, String method) {
        Role role = needed(method);
        if (role == null) {
            return null;
        }
        if (caller == null) {
            return Status.UNAUTHENTICATED.withDescription(fault);
        }
        if (!caller.role().covers(role)) {
            return Status.PERMISSION_DENIED.withDescription(
                    method + ": needs the role " + role + "; " + caller.name() + " has " + caller.role());
        }
        return caller.seesAll() || !OF_ALL.contains(method)
                ? null
                : Status.PERMISSION_DENIED.withDescription(
                        method + ": is about every stream, and " + caller.name() + " may not see all");
    }

    /** Null if the caller may ask about the streams that a request names, else why not. */
    public static @Nullable Status refusal(Identity caller, Message request) {
        if (caller.seesAll()) {
            return null;
        }
        FieldDescriptor one = request.getDescriptorForType().findFieldByName(LIVE_ID);
        FieldDescriptor many = request.getDescriptorForType().findFieldByName(LIVE_IDS);
        if (one != null && !caller.sees((String) request.getField(one))) {
            return hidden(caller, LIVE_ID);
        }
        FieldDescriptor prefix = request.getDescriptorForType().findFieldByName(PREFIX);
        if (prefix != null && !isSeen(caller, (String) request.getField(prefix))) {
            return hidden(caller, PREFIX);
        }
        FieldDescriptor place = request.getDescriptorForType().findFieldByName(STREAM_ID);
        if (place != null && !isSeen(caller, resource((String) request.getField(place)))) {
            return hidden(caller, STREAM_ID);
        }
        if (many != null) {
            List<?> ids = (List<?>) request.getField(many);
            if (ids.isEmpty()) {
                return Status.PERMISSION_DENIED.withDescription(
                        LIVE_IDS + ": empty, and " + caller.name() + " may not see every stream; name some");
            }
            return ids.stream().allMatch(id -> caller.sees((String) id)) ? null : hidden(caller, LIVE_IDS);
        }
        return null;
    }

    /** What an encoder that calls the shared port asks for; a text that cannot be read is judged as it stands. */
    private static String resource(String streamId) {
        try {
            return SrtStreamId.parse(streamId).resource();
        } catch (IllegalArgumentException e) {
            return streamId;
        }
    }

    /** Who has some streams only must not write below another's name, nor wait for another's encoder. */
    private static boolean isSeen(Identity caller, String prefix) {
        return prefix.isEmpty() || caller.sees(prefix);
    }

    private static Status hidden(Identity caller, String field) {
        return Status.PERMISSION_DENIED.withDescription(field + ": not among the streams of " + caller.name() + " ("
                + String.join(", ", caller.streams()) + ")");
    }
}

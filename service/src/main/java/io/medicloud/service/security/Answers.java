// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.security;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.util.List;

/** What of an answer its reader may see. */
public final class Answers {
    private static final String PASSPHRASE = "passphrase";
    private static final String LIVE_ID = "live_id";
    private static final String PEER = "peer";

    private Answers() {}

    /** The same message without passphrases, for those who only look, and without the streams that are not the reader's business. */
    @SuppressWarnings("unchecked") // a message's builder builds messages of its kind
    public static <A> A visible(Identity reader, A answer) {
        if (!(answer instanceof Message message)
                || (reader.seesAll() && reader.role().covers(Role.OPERATOR))) {
            return answer;
        }
        Message.Builder visible = message.toBuilder();
        boolean isOfNoStream = isOfNoStream(message);
        for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
            if (field.getName().equals(PASSPHRASE) && !reader.role().covers(Role.OPERATOR)) {
                visible.clearField(field);
            } else if (field.getName().equals(PEER) && isOfNoStream && !reader.seesAll()) {
                // It may be somebody who wanted another's stream.
                visible.clearField(field);
            } else if (field.isRepeated() && !reader.seesAll()) {
                filter(reader, message, field, visible);
            }
        }
        return (A) visible.build();
    }

    private static boolean isOfNoStream(Message message) {
        FieldDescriptor liveId = message.getDescriptorForType().findFieldByName(LIVE_ID);
        return liveId != null
                && !liveId.isRepeated()
                && message.getField(liveId).equals("");
    }

    private static void filter(Identity reader, Message message, FieldDescriptor field, Message.Builder visible) {
        boolean isIds = field.getName().equals("live_ids");
        boolean isStreams = field.getJavaType() == FieldDescriptor.JavaType.MESSAGE
                && field.getMessageType().findFieldByName(LIVE_ID) != null;
        if (!isIds && !isStreams) {
            return;
        }
        visible.clearField(field);
        for (Object element : (List<?>) message.getField(field)) {
            String liveId = element instanceof Message stream
                    ? (String) stream.getField(stream.getDescriptorForType().findFieldByName(LIVE_ID))
                    : (String) element;
            if (reader.sees(liveId)) {
                visible.addRepeatedField(field, element);
            }
        }
    }
}

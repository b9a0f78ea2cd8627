package io.zandloper.loadtest.dialect;

import com.google.flatbuffers.FlatBufferBuilder;
import io.zandloper.protocol.FrameDescriptor;
import io.zandloper.protocol.MessageType;
import io.zandloper.protocol.Status;
import io.zandloper.protocol.schema.DecideResponse;
import io.zandloper.protocol.schema.HelloRequest;
import io.zandloper.protocol.schema.HelloResponse;
import io.zandloper.protocol.schema.OfferDecision;
import io.zandloper.protocol.schema.PlacementDecision;
import io.zandloper.protocol.schema.ProfileResponse;
import io.zandloper.protocol.schema.SegmentTestBatchResponse;
import io.zandloper.protocol.schema.SegmentTestResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/** Our own binary protocol. An answer is right when it has the type and the number of results that were asked for. */
final class ZandloperDialect extends FrameDialect {
    private static final String CLIENT = "zandloper load";
    private static final int HELLO_ANSWER_BYTES_MAX = 1 << 15;

    private final Questions questions;
    private final SegmentTestResponse segmentTest = new SegmentTestResponse();
    private final SegmentTestBatchResponse segmentTestBatch = new SegmentTestBatchResponse();
    private final ProfileResponse profile = new ProfileResponse();
    private final DecideResponse decision = new DecideResponse();
    private final PlacementDecision placement = new PlacementDecision();
    private final OfferDecision offer = new OfferDecision();

    ZandloperDialect(Questions questions, int identityBytesMax) {
        super(questions, identityBytesMax);
        this.questions = questions;
    }

    @Override
    public byte[] hello() {
        final FlatBufferBuilder builder = new FlatBufferBuilder(128);
        final int client = builder.createString(CLIENT);
        HelloRequest.startHelloRequest(builder);
        HelloRequest.addProtocolVersion(builder, FrameDescriptor.VERSION);
        HelloRequest.addClient(builder, client);
        builder.finish(HelloRequest.endHelloRequest(builder));
        final byte[] body = builder.sizedByteArray();
        final ByteBuffer request = ByteBuffer.allocate(FrameDescriptor.HEADER_LENGTH_BYTES + body.length);
        FrameDescriptor.putRequestHeader(request, 0, body.length, MessageType.HELLO, 0, 0, 0);
        request.position(FrameDescriptor.BODY_OFFSET).put(body);
        return request.array();
    }

    @Override
    public int checkHello(ByteBuffer in) throws IOException {
        final int end = in.position();
        if (end < FrameDescriptor.HEADER_LENGTH_BYTES) {
            return 0;
        }
        final int lengthBytes = in.getInt(FrameDescriptor.LENGTH_OFFSET);
        if (lengthBytes < FrameDescriptor.HEADER_LENGTH_BYTES
                || lengthBytes > HELLO_ANSWER_BYTES_MAX
                || in.getShort(FrameDescriptor.TYPE_OFFSET) != MessageType.HELLO.number()
                || (in.get(FrameDescriptor.FLAGS_OFFSET) & FrameDescriptor.RESPONSE_FLAG) == 0) {
            throw new IOException("what answers there is no Zandloper server's binary port");
        }
        if (end < lengthBytes) {
            return 0;
        }
        final int statusNumber = Short.toUnsignedInt(in.getShort(FrameDescriptor.STATUS_OFFSET));
        if (statusNumber != Status.OK.number()) {
            final Status status = Status.ofNumber(statusNumber);
            throw new IOException(
                    "hello was refused: " + (status == null ? "status " + statusNumber : status.meaning()));
        }
        final ByteBuffer body =
                in.duplicate().order(ByteOrder.LITTLE_ENDIAN).limit(lengthBytes).position(FrameDescriptor.BODY_OFFSET);
        final int version = HelloResponse.getRootAsHelloResponse(body).protocolVersion();
        if (version != FrameDescriptor.VERSION) {
            throw new IOException(
                    "the server speaks protocol version " + version + ", and this is " + FrameDescriptor.VERSION);
        }
        return lengthBytes;
    }

    @Override
    public String title(Operation operation) {
        return operation.title();
    }

    @Override
    public void read(
            ByteBuffer in,
            int offset,
            int lengthBytes,
            Operation operation,
            Identities identities,
            int first,
            Answer answer) {
        final int status = Short.toUnsignedInt(in.getShort(offset + FrameDescriptor.STATUS_OFFSET));
        if (status != 0) {
            answer.setStatus(status);
            return;
        }
        answer.set(Answer.Outcome.MALFORMED);
        final MessageType type = MessageType.ofNumber(in.getShort(offset + FrameDescriptor.TYPE_OFFSET));
        if (lengthBytes < FrameDescriptor.HEADER_LENGTH_BYTES + Integer.BYTES) {
            return;
        }
        final int body = offset + FrameDescriptor.BODY_OFFSET;
        final int root = body + in.getInt(body);
        if (root < body || root > offset + lengthBytes - Integer.BYTES) {
            return;
        }
        // Whoever asks for the bytes of a vector gets them by the buffer's own position and limit.
        final int limit = in.limit();
        final int position = in.position();
        read(in, root, type, operation, identities, first, answer);
        in.limit(limit).position(position);
    }

    private void read(
            ByteBuffer in,
            int root,
            @Nullable MessageType type,
            Operation operation,
            Identities identities,
            int first,
            Answer answer) {
        switch (operation) {
            case SEGMENT_TEST -> {
                if (type == MessageType.SEGMENT_TEST) {
                    readSegmentTest(in, root, identities, first, answer);
                }
            }
            case SEGMENT_TEST_BATCH -> {
                if (type == MessageType.SEGMENT_TEST_BATCH) {
                    readSegmentTestBatch(in, root, identities, first, answer);
                }
            }
            case PROFILE -> {
                if (type == MessageType.PROFILE) {
                    readProfile(in, root, identities, first, answer);
                }
            }
            case DECIDE -> {
                if (type == MessageType.DECIDE) {
                    readDecision(in, root, identities, first, answer);
                }
            }
            case UPSERT -> {
                if (type == MessageType.UPSERT) {
                    answer.setRight(0);
                }
            }
        }
    }

    private void readSegmentTest(ByteBuffer in, int root, Identities identities, int first, Answer answer) {
        segmentTest.__assign(root, in);
        final int segments = questions.segments().size();
        if (segmentTest.membersLength() == segments) {
            final int members = segmentTest.membersInByteBuffer(in).position();
            answer.setRight(Checksum.of(identities.number(first), content(in, members, segments)));
        }
    }

    private void readSegmentTestBatch(ByteBuffer in, int root, Identities identities, int first, Answer answer) {
        segmentTestBatch.__assign(root, in);
        final int segments = questions.segments().size();
        final int profiles = questions.batch();
        if (segmentTestBatch.statusesLength() != profiles || segmentTestBatch.membersLength() != profiles * segments) {
            return;
        }
        for (int i = 0; i < profiles; i++) {
            if (segmentTestBatch.statuses(i) != 0) {
                answer.setStatus(segmentTestBatch.statuses(i));
                return;
            }
        }
        final int members = segmentTestBatch.membersInByteBuffer(in).position();
        long sum = 0;
        int index = first;
        for (int i = 0; i < profiles; i++) {
            sum += Checksum.of(identities.number(index), content(in, members + i * segments, segments));
            index = index + 1 == identities.size() ? 0 : index + 1;
        }
        answer.setRight(sum);
    }

    private static long content(ByteBuffer in, int members, int segments) {
        long content = 0;
        for (int i = 0; i < segments; i++) {
            content = Checksum.ofMembers(content, in.get(members + i) != 0);
        }
        return content;
    }

    private void readProfile(ByteBuffer in, int root, Identities identities, int first, Answer answer) {
        profile.__assign(root, in);
        if (profile.identitiesLength() == 0) {
            return;
        }
        final int lengthBytes = profile.attributesLength();
        final long content = lengthBytes == 0
                ? 0
                : Checksum.ofBytes(in, profile.attributesInByteBuffer(in).position(), lengthBytes);
        answer.setRight(Checksum.of(identities.number(first), content));
    }

    /** Which offers, in which order. */
    private void readDecision(ByteBuffer in, int root, Identities identities, int first, Answer answer) {
        decision.__assign(root, in);
        final int placements = decision.placementsLength();
        if (placements != questions.placements().size()) {
            return;
        }
        final int limit = in.limit();
        long content = 0;
        for (int p = 0; p < placements; p++) {
            decision.placements(placement, p);
            final int offers = placement.offersLength();
            content = content * 31 + offers;
            for (int i = 0; i < offers; i++) {
                placement.offers(offer, i);
                offer.idInByteBuffer(in);
                content = content * 31 + Checksum.ofBytes(in, in.position(), in.remaining());
                in.limit(limit);
            }
        }
        answer.setRight(Checksum.of(identities.number(first), content));
    }
}

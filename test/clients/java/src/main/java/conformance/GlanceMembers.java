package conformance;

import com.huaweicloud.sdk.ims.v2.model.GlanceAddImageMemberRequest;
import com.huaweicloud.sdk.ims.v2.model.GlanceAddImageMemberRequestBody;
import com.huaweicloud.sdk.ims.v2.model.GlanceDeleteImageMemberRequest;
import com.huaweicloud.sdk.ims.v2.model.GlanceImageMembers;
import com.huaweicloud.sdk.ims.v2.model.GlanceListImageMembersRequest;
import com.huaweicloud.sdk.ims.v2.model.GlanceShowImageMemberRequest;
import com.huaweicloud.sdk.ims.v2.model.GlanceShowImageRequest;
import com.huaweicloud.sdk.ims.v2.model.GlanceUpdateImageMemberRequest;
import com.huaweicloud.sdk.ims.v2.model.GlanceUpdateImageMemberRequestBody;
import com.huaweicloud.sdk.ims.v2.model.GlanceUpdateImageMemberRequestBody.StatusEnum;
import java.util.List;

/** An image is shared in the native calls, one project at a time and at once. */
final class GlanceMembers {
    private final Account demo;
    private final Account partner;
    private String id;

    GlanceMembers(Account demo, Account partner) {
        this.demo = demo;
        this.partner = partner;
    }

    void call() {
        id = demo.imported("java-native-shared");
        var body = new GlanceAddImageMemberRequestBody().withMember(partner.project());
        var added = demo.client()
                .glanceAddImageMember(
                        new GlanceAddImageMemberRequest().withImageId(id).withBody(body));
        describes("glanceAddImageMember", added.getStatus(), "pending", added.getImageId(), added.getMemberId())
                .gives("schema", added.getSchema(), "/v2/schemas/member")
                .gives(
                        "has its times",
                        added.getCreatedAt().endsWith("Z")
                                && added.getUpdatedAt().endsWith("Z"),
                        true);
        listed();
        var decision = new GlanceUpdateImageMemberRequestBody().withStatus(StatusEnum.ACCEPTED);
        var decided = partner.client()
                .glanceUpdateImageMember(new GlanceUpdateImageMemberRequest()
                        .withImageId(id)
                        .withMemberId(partner.project())
                        .withBody(decision));
        describes(
                "glanceUpdateImageMember",
                decided.getStatus(),
                "accepted",
                decided.getImageId(),
                decided.getMemberId());
        var shown = demo.client()
                .glanceShowImageMember(
                        new GlanceShowImageMemberRequest().withImageId(id).withMemberId(partner.project()));
        describes("glanceShowImageMember", shown.getStatus(), "accepted", shown.getImageId(), shown.getMemberId());
        var image = partner.client().glanceShowImage(new GlanceShowImageRequest().withImageId(id));
        Check.of("glanceShowImage").says("visibility of an accepted image", image.getVisibility(), "shared");
        var removed = demo.client()
                .glanceDeleteImageMember(
                        new GlanceDeleteImageMemberRequest().withImageId(id).withMemberId(partner.project()));
        Check.of("glanceDeleteImageMember")
                .gives("status", removed.getHttpStatusCode(), 204)
                .gives("members that are left", members(), List.of());
        demo.delete(id);
    }

    private void listed() {
        var all = demo.client().glanceListImageMembers(new GlanceListImageMembersRequest().withImageId(id));
        var one = all.getMembers().get(0);
        describes("glanceListImageMembers", one.getStatus(), "pending", one.getImageId(), one.getMemberId())
                .gives("members", all.getMembers().size(), 1)
                .gives("schema", all.getSchema(), "/v2/schemas/members");
    }

    private Check describes(String operation, String found, String status, String imageId, String memberId) {
        return Check.of(operation)
                .gives("status", found, status)
                .gives("image", imageId, id)
                .gives("member", memberId, partner.project());
    }

    private List<GlanceImageMembers> members() {
        return demo.client()
                .glanceListImageMembers(new GlanceListImageMembersRequest().withImageId(id))
                .getMembers();
    }
}

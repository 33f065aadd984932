package conformance;

import com.huaweicloud.sdk.ims.v2.model.BatchAddMembersRequest;
import com.huaweicloud.sdk.ims.v2.model.BatchAddMembersRequestBody;
import com.huaweicloud.sdk.ims.v2.model.BatchDeleteMembersRequest;
import com.huaweicloud.sdk.ims.v2.model.BatchUpdateMembersRequest;
import com.huaweicloud.sdk.ims.v2.model.BatchUpdateMembersRequestBody;
import com.huaweicloud.sdk.ims.v2.model.GlanceListImageMembersRequest;
import com.huaweicloud.sdk.ims.v2.model.GlanceShowImageMemberRequest;
import com.huaweicloud.sdk.ims.v2.model.JobEntitiesResult;
import com.huaweicloud.sdk.ims.v2.model.ListImagesRequest;
import com.huaweicloud.sdk.ims.v2.model.ShowJobResponse;
import java.util.List;

/** An image is shared with another account's project, which accepts it, and no longer shared. */
final class Members {
    private final Account demo;
    private final Account partner;
    private String id;

    Members(Account demo, Account partner) {
        this.demo = demo;
        this.partner = partner;
    }

    void call() {
        id = demo.imported("java-shared");
        var both = new BatchAddMembersRequestBody().withImages(List.of(id)).withProjects(List.of(partner.project()));
        var adding = demo.client().batchAddMembers(new BatchAddMembersRequest().withBody(both));
        of("batchAddMembers", demo.succeeded("batchAddMembers", adding.getJobId(), "imsAddImageMembersJob"));
        listed("pending");
        Check.of("listImages").gives("image before it is accepted", seen(), List.of());
        accept();
        listed("accepted");
        var shared = partner.image(id);
        Check.of("listImages")
                .gives("name of an accepted image", shared.getName(), "java-shared")
                .says("kind of an accepted image", shared.getImagetype(), "shared")
                .says("visibility of an accepted image", shared.getVisibility(), "shared")
                .gives("owner of an accepted image", shared.getOwner(), demo.project());
        var removing = demo.client().batchDeleteMembers(new BatchDeleteMembersRequest().withBody(both));
        var removed = demo.succeeded("batchDeleteMembers", removing.getJobId(), "imsDelImageMembersJob");
        Check.of("batchDeleteMembers")
                .gives("results of the job", removed.getEntities().getResults(), List.of())
                .gives("members that are left", members().members(), List.of())
                .gives("image for the other project", seen(), List.of());
        demo.delete(id);
    }

    private void accept() {
        var body = new BatchUpdateMembersRequestBody()
                .withImages(List.of(id))
                .withProjectId(partner.project())
                .withStatus(BatchUpdateMembersRequestBody.StatusEnum.ACCEPTED);
        var job = partner.client().batchUpdateMembers(new BatchUpdateMembersRequest().withBody(body));
        of("batchUpdateMembers", partner.succeeded("batchUpdateMembers", job.getJobId(), "imsUpdateImageMembersJob"));
    }

    private void of(String operation, ShowJobResponse job) {
        var result = new JobEntitiesResult()
                .withImageId(id)
                .withProjectId(partner.project())
                .withStatus("success");
        Check.of(operation).gives("results of the job", job.getEntities().getResults(), List.of(result));
    }

    private void listed(String status) {
        var all = members();
        Check.of("listImageMembers")
                .gives("schema", all.schema(), "/v2/schemas/members")
                .gives("count", all.pageInfo().currentCount(), 1)
                .gives("next marker", all.pageInfo().nextMarker(), null);
        describes("listImageMembers", all.members().get(0), status);
        var request = new GlanceShowImageMemberRequest().withImageId(id).withMemberId(partner.project());
        describes("showImageMember", demo.newer().showImageMember(request), status);
    }

    private NewerCalls.ImageMembers members() {
        return demo.newer().listImageMembers(new GlanceListImageMembersRequest().withImageId(id));
    }

    private void describes(String operation, NewerCalls.ImageMember member, String status) {
        Check.of(operation)
                .gives("status", member.status(), status)
                .gives("image", member.imageId(), id)
                .gives("member", member.memberId(), partner.project())
                .gives("kind of member", member.memberType(), "project")
                .gives("schema of a member", member.schema(), "/v2/schemas/member")
                .gives(
                        "has its times",
                        member.createdAt().endsWith("Z") && member.updatedAt().endsWith("Z"),
                        true);
    }

    /** What the other project sees of the image. */
    private List<?> seen() {
        return partner.images(new ListImagesRequest().withId(id));
    }
}

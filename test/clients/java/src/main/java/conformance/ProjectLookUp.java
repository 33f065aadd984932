package conformance;

import com.huaweicloud.sdk.core.auth.BasicCredentials;
import com.huaweicloud.sdk.core.region.Region;
import com.huaweicloud.sdk.ims.v2.ImsClient;
import com.huaweicloud.sdk.ims.v2.model.ListImageTagsRequest;

/** Credentials without a project: the SDK asks the identity service for the project that has the name of the region. */
final class ProjectLookUp {
    private final Cloud cloud;
    private final Account demo;

    ProjectLookUp(Cloud cloud, Account demo) {
        this.cloud = cloud;
        this.demo = demo;
    }

    void call() {
        var user = cloud.users().get("demo");
        var credentials = new BasicCredentials()
                .withAk(user.accessKey())
                .withSk(user.secretKey())
                .withIamEndpoint(cloud.endpoint());
        var client = ImsClient.newBuilder()
                .withCredential(credentials)
                .withRegion(new Region("cn-north-4", cloud.endpoint()))
                .build();
        Check.of("look-up").gives("project of the region", credentials.getProjectId(), user.projectId());
        var id = demo.imported("java-looked-up");
        var tags =
                client.listImageTags(new ListImageTagsRequest().withImageId(id)).getTags();
        Check.of("listImageTags").gives("tags, in the project that was found", tags.size(), 0);
        demo.delete(id);
    }
}

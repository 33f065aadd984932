package conformance;

import com.huaweicloud.sdk.ims.v2.model.AddImageTagRequest;
import com.huaweicloud.sdk.ims.v2.model.AddImageTagRequestBody;
import com.huaweicloud.sdk.ims.v2.model.AddOrUpdateTagsRequestBody;
import com.huaweicloud.sdk.ims.v2.model.BatchAddOrDeleteTagsRequest;
import com.huaweicloud.sdk.ims.v2.model.BatchAddOrDeleteTagsRequestBody;
import com.huaweicloud.sdk.ims.v2.model.CreateOrUpdateTagsRequest;
import com.huaweicloud.sdk.ims.v2.model.DeleteImageTagRequest;
import com.huaweicloud.sdk.ims.v2.model.ListImageByTagsRequest;
import com.huaweicloud.sdk.ims.v2.model.ListImageByTagsRequestBody;
import com.huaweicloud.sdk.ims.v2.model.ListImageByTagsResponse;
import com.huaweicloud.sdk.ims.v2.model.ListImageTagsRequest;
import com.huaweicloud.sdk.ims.v2.model.ListImagesTagsRequest;
import com.huaweicloud.sdk.ims.v2.model.ListTagsRequest;
import com.huaweicloud.sdk.ims.v2.model.ResourceTag;
import com.huaweicloud.sdk.ims.v2.model.TagKeyValue;
import com.huaweicloud.sdk.ims.v2.model.Tags;
import java.util.List;

/** Tags are set, read, searched for and taken away, in each of the ways that there are. */
final class ImageTags {
    private final Account demo;
    private String id;

    ImageTags(Account demo) {
        this.demo = demo;
    }

    void call() {
        id = demo.imported("java-tagged");
        added();
        oneByOne();
        inBatches();
        searched();
        takenAway();
        demo.delete(id);
    }

    private void added() {
        var body = new AddImageTagRequestBody().withTag(tag("环境", "测试"));
        var status = demo.client()
                .addImageTag(new AddImageTagRequest().withImageId(id).withBody(body))
                .getHttpStatusCode();
        Check.of("addImageTag").gives("status", status, 204);
        Check.of("listImageTags").gives("tags", tags(), List.of(tag("环境", "测试")));
    }

    private void oneByOne() {
        var dotted = new AddOrUpdateTagsRequestBody().withImageId(id).withTag("java-version.1.2");
        demo.client().createOrUpdateTags(new CreateOrUpdateTagsRequest().withBody(dotted));
        var pair = new AddOrUpdateTagsRequestBody().withImageId(id).withImageTag(tag("java-version", "2"));
        var status = demo.client()
                .createOrUpdateTags(new CreateOrUpdateTagsRequest().withBody(pair))
                .getHttpStatusCode();
        Check.of("createOrUpdateTags")
                .gives("status", status, 204)
                .gives("tags", tags(), List.of(tag("环境", "测试"), tag("java-version", "2")));
        var listed = demo.client()
                .listTags(new ListTagsRequest().withName("java-tagged"))
                .getTags();
        Check.of("listTags").gives("tags of an image by its name", listed, List.of("java-version=2", "环境=测试"));
    }

    private void inBatches() {
        batch(BatchAddOrDeleteTagsRequestBody.ActionEnum.CREATE, tag("java-team", "storage"), tag("java-bare", ""));
        Check.of("batchAddOrDeleteTags")
                .gives(
                        "tags after some were made",
                        tags(),
                        List.of(
                                tag("环境", "测试"),
                                tag("java-version", "2"),
                                tag("java-team", "storage"),
                                tag("java-bare", "")));
        batch(BatchAddOrDeleteTagsRequestBody.ActionEnum.DELETE, tag("java-version", "2"));
        Check.of("batchAddOrDeleteTags")
                .gives(
                        "tags after one was deleted",
                        tags(),
                        List.of(tag("环境", "测试"), tag("java-team", "storage"), tag("java-bare", "")));
    }

    private void batch(BatchAddOrDeleteTagsRequestBody.ActionEnum action, ResourceTag... tags) {
        var body = new BatchAddOrDeleteTagsRequestBody().withAction(action).withTags(List.of(tags));
        var request = new BatchAddOrDeleteTagsRequest().withImageId(id).withBody(body);
        Check.of("batchAddOrDeleteTags")
                .gives(
                        "status of " + action,
                        demo.client().batchAddOrDeleteTags(request).getHttpStatusCode(),
                        204);
    }

    private void searched() {
        var all = demo.client().listImagesTags(new ListImagesTagsRequest()).getTags();
        Check.of("listImagesTags")
                .gives("has the tag with its values", all.contains(values("java-team", "storage")), true);
        var found = byTag(ListImageByTagsRequestBody.ActionEnum.FILTER);
        var image = found.getResources().get(0);
        Check.of("listImageByTags")
                .gives("count with the images", found.getTotalCount(), 1)
                .gives("id", image.getResourceId(), id)
                .gives("name", image.getResourceName(), "java-tagged")
                .gives("status", image.getResourceDetail().getStatus(), "active")
                .gives(
                        "tags",
                        image.getTags(),
                        List.of(pair("环境", "测试"), pair("java-team", "storage"), pair("java-bare", "")));
        var counted = byTag(ListImageByTagsRequestBody.ActionEnum.COUNT);
        Check.of("listImageByTags")
                .gives("count alone", counted.getTotalCount(), 1)
                .gives("images of a count", counted.getResources(), null);
    }

    private ListImageByTagsResponse byTag(ListImageByTagsRequestBody.ActionEnum action) {
        var body =
                new ListImageByTagsRequestBody().withAction(action).withTags(List.of(values("java-team", "storage")));
        return demo.client().listImageByTags(new ListImageByTagsRequest().withBody(body));
    }

    private void takenAway() {
        demo.client().deleteImageTag(new DeleteImageTagRequest().withImageId(id).withKey("环境"));
        Check.of("deleteImageTag")
                .gives("tags that are left", tags(), List.of(tag("java-team", "storage"), tag("java-bare", "")));
        var body = new BatchAddOrDeleteTagsRequestBody()
                .withTags(List.of(tag("java-team", "storage"), tag("java-bare", "")));
        var request = new BatchAddOrDeleteTagsRequest().withImageId(id).withBody(body);
        var status = demo.newer().batchDeleteTags(request).getHttpStatusCode();
        Check.of("batchDeleteTags").gives("status", status, 204).gives("tags that are left", tags(), List.of());
    }

    private List<ResourceTag> tags() {
        return demo.client()
                .listImageTags(new ListImageTagsRequest().withImageId(id))
                .getTags();
    }

    private static ResourceTag tag(String key, String value) {
        return new ResourceTag().withKey(key).withValue(value);
    }

    private static TagKeyValue pair(String key, String value) {
        return new TagKeyValue().withKey(key).withValue(value);
    }

    private static Tags values(String key, String... values) {
        return new Tags().withKey(key).withValues(List.of(values));
    }
}

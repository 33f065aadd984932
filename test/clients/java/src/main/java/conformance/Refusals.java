package conformance;

import com.huaweicloud.sdk.core.auth.BasicCredentials;
import com.huaweicloud.sdk.core.exception.ClientRequestException;
import com.huaweicloud.sdk.core.exception.ServiceResponseException;
import com.huaweicloud.sdk.ims.v2.model.AddImageTagRequest;
import com.huaweicloud.sdk.ims.v2.model.AddImageTagRequestBody;
import com.huaweicloud.sdk.ims.v2.model.BatchAddOrDeleteTagsRequest;
import com.huaweicloud.sdk.ims.v2.model.BatchAddOrDeleteTagsRequestBody;
import com.huaweicloud.sdk.ims.v2.model.CreateImageRequest;
import com.huaweicloud.sdk.ims.v2.model.CreateImageRequestBody;
import com.huaweicloud.sdk.ims.v2.model.DeleteImageTagRequest;
import com.huaweicloud.sdk.ims.v2.model.GlanceDeleteImageRequest;
import com.huaweicloud.sdk.ims.v2.model.GlanceShowImageRequest;
import com.huaweicloud.sdk.ims.v2.model.GlanceUpdateImageRequest;
import com.huaweicloud.sdk.ims.v2.model.GlanceUpdateImageRequestBody;
import com.huaweicloud.sdk.ims.v2.model.ListImageTagsRequest;
import com.huaweicloud.sdk.ims.v2.model.ListImagesRequest;
import com.huaweicloud.sdk.ims.v2.model.ResourceTag;
import com.huaweicloud.sdk.ims.v2.model.ShowJobRequest;
import com.huaweicloud.sdk.ims.v2.model.UpdateImageRequest;
import com.huaweicloud.sdk.ims.v2.model.UpdateImageRequestBody;
import java.util.List;
import java.util.stream.IntStream;

/** What is not let in, not allowed, not there, not valid or in conflict; the SDK's exception says which. */
final class Refusals {
    private static final String NO_IMAGE = "11111111-2222-4333-8444-555555555555";
    /** The native calls answer with a page: the SDK finds no code in it, and gives all of it as the message. */
    private static final String NATIVE = null;

    private static final String REQUEST_ID = "[0-9a-f]{32}";

    private final Cloud cloud;
    private final Account demo;

    Refusals(Cloud cloud, Account demo) {
        this.cloud = cloud;
        this.demo = demo;
    }

    void call() {
        strangers();
        forbidden();
        absent();
        invalid();
        conflicting();
    }

    private void strangers() {
        var user = cloud.users().get("demo");
        var wrong = cloud.client(cloud.credentials("demo").withSk("not-the-secret-key"));
        var refusal = refused("listImages", () -> wrong.listImages(new ListImagesRequest().withLimit(1)));
        is("listImages", "a wrong secret key", refusal, 401, "APIGW.0301");
        Check.of("listImages")
                .gives(
                        "the canonical request is told",
                        refusal.getErrorMsg()
                                .contains("verify aksk signature fail, canonicalRequest:GET|/v2/cloudimages/|limit=1|"),
                        true);
        var unknown = cloud.client(new BasicCredentials()
                .withAk("NOBODYSACCESSKEY0002")
                .withSk("any")
                .withProjectId(user.projectId()));
        var nobody = refused("listImages", () -> unknown.listImages(new ListImagesRequest()));
        is("listImages", "an unknown access key", nobody, 401, "APIGW.0301");
        says("listImages", nobody, "Incorrect IAM authentication information: ak NOBODYSACCESSKEY0002 not exist");
    }

    private void forbidden() {
        var reader = cloud.client("reader");
        var change = new UpdateImageRequestBody()
                .withOp(UpdateImageRequestBody.OpEnum.REPLACE)
                .withPath("/name")
                .withValue("x");
        var request = new UpdateImageRequest().withImageId(NO_IMAGE).withBody(List.of(change));
        var refusal = refused("updateImage", () -> reader.updateImage(request));
        is("updateImage", "a right that is missing", refusal, 403, "IMG.0026");
        missing("updateImage", refusal, "ims:images:update");
        var deletion = new GlanceDeleteImageRequest().withImageId(NO_IMAGE);
        var foreign = refused("glanceDeleteImage", () -> reader.glanceDeleteImage(deletion));
        is("glanceDeleteImage", "a right that is missing", foreign, 403, NATIVE);
        missing("glanceDeleteImage", foreign, "ims:images:delete");
    }

    private void absent() {
        var tags = new ListImageTagsRequest().withImageId(NO_IMAGE);
        var refusal = refused("listImageTags", () -> demo.client().listImageTags(tags));
        is("listImageTags", "an image that is not there", refusal, 400, "IMG.0027");
        says("listImageTags", refusal, "The image ID in the request does not exist.");
        var image = new GlanceShowImageRequest().withImageId(NO_IMAGE);
        var foreign = refused("glanceShowImage", () -> demo.client().glanceShowImage(image));
        is("glanceShowImage", "an image that is not there", foreign, 404, NATIVE);
        var sentence = "No image found with ID " + NO_IMAGE;
        Check.of("glanceShowImage")
                .gives("message names the image", foreign.getErrorMsg().contains(sentence), true);
        var job = new ShowJobRequest().withJobId("0123456789abcdef0123456789abcdef");
        var unknown = refused("showJob", () -> demo.client().showJob(job));
        is("showJob", "a job that is not there", unknown, 400, "IMG.0023");
    }

    private void invalid() {
        var body = new CreateImageRequestBody()
                .withName("java-refused")
                .withImageUrl(Account.FILE)
                .withMinDisk(0);
        var request = new CreateImageRequest().withBody(body);
        var empty = refused("createImage", () -> demo.client().createImage(request));
        is("createImage", "a disk of nothing", empty, 400, "IMG.0055");
        var tags = new ListImageTagsRequest().withImageId("no id");
        var refusal = refused("listImageTags", () -> demo.client().listImageTags(tags));
        is("listImageTags", "an id that is none", refusal, 400, "IMG.0066");
        says("listImageTags", refusal, "The image ID is incorrect.");
    }

    /** What an image does not have, and more than it may have. */
    private void conflicting() {
        var id = demo.imported("java-conflict");
        var absent = new DeleteImageTagRequest().withImageId(id).withKey("absent");
        var unknown = refused("deleteImageTag", () -> demo.client().deleteImageTag(absent));
        is("deleteImageTag", "a tag that is not there", unknown, 404, "IMG.0121");
        says("deleteImageTag", unknown, "The object cannot be found.");
        var tags = IntStream.rangeClosed(0, 10)
                .mapToObj(n -> new ResourceTag().withKey("key-" + n).withValue("v"))
                .toList();
        var body = new BatchAddOrDeleteTagsRequestBody()
                .withAction(BatchAddOrDeleteTagsRequestBody.ActionEnum.CREATE)
                .withTags(tags.subList(0, 10));
        demo.client()
                .batchAddOrDeleteTags(
                        new BatchAddOrDeleteTagsRequest().withImageId(id).withBody(body));
        var eleventh =
                new AddImageTagRequest().withImageId(id).withBody(new AddImageTagRequestBody().withTag(tags.get(10)));
        var full = refused("addImageTag", () -> demo.client().addImageTag(eleventh));
        is("addImageTag", "an eleventh tag", full, 400, "IMG.0116");
        says("addImageTag", full, "The number of image tags exceeds the quota.");
        var change = new GlanceUpdateImageRequestBody()
                .withOp(GlanceUpdateImageRequestBody.OpEnum.REPLACE)
                .withPath("/absent")
                .withValue("x");
        var patch = new GlanceUpdateImageRequest().withImageId(id).withBody(List.of(change));
        var conflict = refused("glanceUpdateImage", () -> demo.client().glanceUpdateImage(patch));
        is("glanceUpdateImage", "an attribute that is not there", conflict, 409, NATIVE);
        var sentence = "Property absent does not exist.";
        Check.of("glanceUpdateImage")
                .gives("message names the attribute", conflict.getErrorMsg().contains(sentence), true);
        demo.delete(id);
    }

    private static ServiceResponseException refused(String operation, Runnable call) {
        try {
            call.run();
        } catch (ClientRequestException refusal) {
            return refusal;
        }
        throw new Check.Difference(
                "%s: a call that is refused%n  found success%n  meant an exception".formatted(operation));
    }

    private static void is(String operation, String why, ServiceResponseException refusal, int status, String code) {
        Check.of(operation)
                .gives("status for " + why, refusal.getHttpStatusCode(), status)
                .gives("code for " + why, refusal.getErrorCode(), code)
                .gives("request id for " + why, refusal.getRequestId().matches(REQUEST_ID), true);
    }

    private static void says(String operation, ServiceResponseException refusal, String message) {
        Check.of(operation).gives("message", refusal.getErrorMsg(), message);
    }

    private static void missing(String operation, ServiceResponseException refusal, String action) {
        var sentence = "allow " + action + " to be performed.";
        Check.of(operation)
                .gives(action + " is named as missing", refusal.getErrorMsg().contains(sentence), true);
    }
}

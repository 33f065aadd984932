package conformance;

import com.huaweicloud.sdk.ims.v2.model.CopyImageCrossRegionRequest;
import com.huaweicloud.sdk.ims.v2.model.CopyImageCrossRegionRequestBody;
import com.huaweicloud.sdk.ims.v2.model.CopyImageInRegionRequest;
import com.huaweicloud.sdk.ims.v2.model.CopyImageInRegionRequestBody;
import com.huaweicloud.sdk.ims.v2.model.CopyImageInRegionResponse;
import com.huaweicloud.sdk.ims.v2.model.ExportImageRequest;
import com.huaweicloud.sdk.ims.v2.model.ExportImageRequestBody;
import com.huaweicloud.sdk.ims.v2.model.ExportImageResponse;
import com.huaweicloud.sdk.ims.v2.model.ListImagesRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.function.Function;

/** An image is copied, here and into another region, and exported. */
final class Copies {
    private final Cloud cloud;
    private final Account demo;

    Copies(Cloud cloud, Account demo) {
        this.cloud = cloud;
        this.demo = demo;
    }

    void call() throws IOException {
        var id = demo.imported("java-original");
        inRegion("copyImageInRegion", id, demo.client()::copyImageInRegion);
        inRegion("copyImageInRegionInSafeMode", id, demo.newer()::copyImageInRegionInSafeMode);
        crossRegion(id);
        exported("exportImage", id, "java-exported.qcow2", demo.client()::exportImage);
        exported("exportImageInSafeMode", id, "java-safely.qcow2", demo.newer()::exportImageInSafeMode);
        demo.delete(id);
    }

    private void inRegion(
            String operation, String id, Function<CopyImageInRegionRequest, CopyImageInRegionResponse> copy) {
        var body = new CopyImageInRegionRequestBody().withName("java-copy").withDescription("the second");
        var job = copy.apply(new CopyImageInRegionRequest().withImageId(id).withBody(body));
        var image = demo.made(operation, job.getJobId(), "imsCopyImageInRegionJob");
        Check.of(operation)
                .gives("another image", image.getId().equals(id), false)
                .gives("name", image.getName(), "java-copy")
                .gives("description", image.getDescription(), "the second")
                .says("status", image.getStatus(), "active")
                .gives("owner", image.getOwner(), demo.project())
                .gives("image that it was copied from", image.getOriginalimagename(), id)
                .gives("size in bytes", image.getImageSize(), demo.image(id).getImageSize());
        demo.delete(image.getId());
    }

    /** The copy belongs to the account's project there, whose user sees it. */
    private void crossRegion(String id) {
        var body = new CopyImageCrossRegionRequestBody()
                .withName("java-far")
                .withDescription("far away")
                .withRegion("cn-east-3")
                .withProjectName("cn-east-3")
                .withAgencyName("ims_admin_agency");
        var job = demo.client()
                .copyImageCrossRegion(
                        new CopyImageCrossRegionRequest().withImageId(id).withBody(body));
        var done = demo.succeeded("copyImageCrossRegion", job.getJobId(), "imsCrossRegionCopyImageJob");
        var copied = done.getEntities().getImageId();
        var east = Account.of(cloud, "demo-east");
        var image = east.image(copied);
        Check.of("copyImageCrossRegion")
                .gives("images of it here", demo.images(new ListImagesRequest().withId(copied)), List.of())
                .gives("name", image.getName(), "java-far")
                .gives("description", image.getDescription(), "far away")
                .says("status", image.getStatus(), "active")
                .gives("owner", image.getOwner(), east.project())
                .gives("origin", image.getDataOrigin(), "image,cn-north-4," + id);
        east.delete(copied);
    }

    private void exported(
            String operation, String id, String key, Function<ExportImageRequest, ExportImageResponse> export)
            throws IOException {
        var body = new ExportImageRequestBody()
                .withBucketUrl("images:" + key)
                .withFileFormat(ExportImageRequestBody.FileFormatEnum.QCOW2);
        var job = export.apply(new ExportImageRequest().withImageId(id).withBody(body));
        var done = demo.succeeded(operation, job.getJobId(), "imsNativeExportImageJob");
        var file = cloud.object(key);
        Check.of(operation)
                .gives("image", done.getEntities().getImageId(), id)
                .gives("first byte that differs", Files.mismatch(file, cloud.object("tiny-v3.qcow2")), -1L);
    }
}

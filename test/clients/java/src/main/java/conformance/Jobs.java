package conformance;

import com.huaweicloud.sdk.ims.v2.model.CreateDataImage;
import com.huaweicloud.sdk.ims.v2.model.CreateImageRequest;
import com.huaweicloud.sdk.ims.v2.model.CreateImageRequestBody;
import com.huaweicloud.sdk.ims.v2.model.ImageInfo;
import com.huaweicloud.sdk.ims.v2.model.ShowJobProgressRequest;
import com.huaweicloud.sdk.ims.v2.model.SubJobResult;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;

/** What a job says of itself, in the newer form and in the older one. */
final class Jobs {
    private static final String LOGS = "20000000-0000-4000-8000-000000000102";
    private static final String CACHE = "20000000-0000-4000-8000-000000000103";

    private final Account demo;

    Jobs(Account demo) {
        this.demo = demo;
    }

    void call() {
        var body = new CreateImageRequestBody()
                .withName("java-job")
                .withImageUrl(Account.FILE)
                .withMinDisk(1);
        var id = demo.client()
                .createImage(new CreateImageRequest().withBody(body))
                .getJobId();
        var job = demo.finished(id);
        Check.of("showJob")
                .gives("id", job.getJobId(), id)
                .gives("type", job.getJobType(), "imsImportImageJob")
                .says("status", job.getStatus(), "SUCCESS")
                .gives("ends before it begins", time(job.getEndTime()).isBefore(time(job.getBeginTime())), false)
                .gives("error", job.getErrorCode(), null)
                .gives("reason of a failure", job.getFailReason(), null)
                .gives("name of the image", job.getEntities().getImageName(), "java-job")
                .gives("progress", job.getEntities().getProcessPercent(), null)
                .gives("task", job.getEntities().getCurrentTask(), null);
        progress(id, job.getEntities().getImageId());
        demo.delete(job.getEntities().getImageId());
        parts();
    }

    private void progress(String id, String imageId) {
        var job = demo.client().showJobProgress(new ShowJobProgressRequest().withJobId(id));
        Check.of("showJobProgress")
                .gives("id", job.getJobId(), id)
                .gives("type", job.getJobType(), "imsImportImageJob")
                .says("status", job.getStatus(), "SUCCESS")
                .gives("image", job.getEntities().getImageId(), imageId)
                .gives("name of the image", job.getEntities().getImageName(), "java-job")
                .gives("progress", job.getEntities().getProcessPercent(), 1.0)
                .gives("task", job.getEntities().getCurrentTask(), "")
                .gives("length of the id of the job that did it", job.getEntities().getSubJobId().length(), 32);
    }

    /** One job makes images of several disks of a server, each in a part of its own. */
    private void parts() {
        var disks = List.of(
                new CreateDataImage().withName("java-logs").withVolumeId(LOGS).withDescription("logs"),
                new CreateDataImage().withName("java-cache").withVolumeId(CACHE).withTags(List.of("fast.yes")));
        var body = new CreateImageRequestBody().withDataImages(disks);
        var id = demo.client()
                .createImage(new CreateImageRequest().withBody(body))
                .getJobId();
        var job = demo.succeeded("createImage", id, "imsVolumesToSysDataImagesJob");
        var parts = job.getEntities().getSubJobsResult();
        Check.of("showJob")
                .gives("ids of the parts", job.getEntities().getSubJobsList(), each(parts, SubJobResult::getJobId))
                .gives(
                        "status of the parts",
                        each(parts, part -> part.getStatus().toString()),
                        List.of("SUCCESS", "SUCCESS"))
                .gives("type of a part", parts.get(0).getJobType(), "imsCopyVolumeToImageJob")
                .gives(
                        "names of the images",
                        each(parts, part -> part.getEntities().getImageName()),
                        List.of("java-logs", "java-cache"));
        var images = each(parts, part -> demo.image(part.getEntities().getImageId()));
        Check.of("createImage")
                .gives(
                        "origins of disks' images",
                        each(images, ImageInfo::getDataOrigin),
                        List.of("volume," + LOGS, "volume," + CACHE))
                .gives("smallest disks", each(images, ImageInfo::getMinDisk), List.of(100, 200))
                .gives(
                        "kinds",
                        each(images, image -> image.getVirtualEnvType().toString()),
                        List.of("DataImage", "DataImage"))
                .gives("description of one disk's image", images.get(0).getDescription(), "logs")
                .gives("tags of one disk's image", images.get(1).getTags(), List.of("fast=yes"));
        images.forEach(image -> demo.delete(image.getId()));
    }

    private static <One, Part> List<Part> each(List<One> all, Function<One, Part> part) {
        return all.stream().map(part).toList();
    }

    private static Instant time(String time) {
        return Instant.parse(time);
    }
}

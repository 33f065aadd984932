package conformance;

import com.huaweicloud.sdk.ims.v2.ImsClient;
import com.huaweicloud.sdk.ims.v2.model.CreateImageRequest;
import com.huaweicloud.sdk.ims.v2.model.CreateImageRequestBody;
import com.huaweicloud.sdk.ims.v2.model.GlanceDeleteImageRequest;
import com.huaweicloud.sdk.ims.v2.model.GlanceDeleteImageRequestBody;
import com.huaweicloud.sdk.ims.v2.model.ImageInfo;
import com.huaweicloud.sdk.ims.v2.model.ListImagesRequest;
import com.huaweicloud.sdk.ims.v2.model.ShowImageQuotaRequest;
import com.huaweicloud.sdk.ims.v2.model.ShowJobRequest;
import com.huaweicloud.sdk.ims.v2.model.ShowJobResponse;
import java.util.List;

/** One user at work: its project, the SDK's client with its keys, and the calls that the client lacks. */
record Account(String project, ImsClient client, NewerCalls newer) {
    /** The disk image that the bucket holds from the start. */
    static final String FILE = "images:tiny-v3.qcow2";

    static Account of(Cloud cloud, String user) {
        return new Account(cloud.project(user), cloud.client(user), cloud.newerCalls(user));
    }

    /** The job once it is done: at the first looks, as the scenario takes no time. */
    ShowJobResponse finished(String jobId) {
        var request = new ShowJobRequest().withJobId(jobId);
        var job = client.showJob(request);
        for (int looks = 1; looks < 10 && job.getEndTime().isEmpty(); looks++) {
            job = client.showJob(request);
        }
        return job;
    }

    /** The image that a job of an operation has made, as the list shows it. */
    ImageInfo made(String operation, String jobId, String jobType) {
        return image(succeeded(operation, jobId, jobType).getEntities().getImageId());
    }

    ShowJobResponse succeeded(String operation, String jobId, String jobType) {
        var job = finished(jobId);
        Check.of(operation)
                .gives("type of the job", job.getJobType(), jobType)
                .says("status of the job", job.getStatus(), "SUCCESS");
        return job;
    }

    List<ImageInfo> images(ListImagesRequest request) {
        return client.listImages(request).getImages();
    }

    /** An image as the list shows it. */
    ImageInfo image(String id) {
        var found = images(new ListImagesRequest().withId(id));
        if (found.size() != 1) {
            throw new Check.Difference(
                    "listImages: images with the id %s%n  found %s%n  meant one".formatted(id, found));
        }
        return found.get(0);
    }

    /** The id of a new image of the file. */
    String imported(String name) {
        var body =
                new CreateImageRequestBody().withName(name).withImageUrl(FILE).withMinDisk(1);
        var job = client.createImage(new CreateImageRequest().withBody(body));
        return finished(job.getJobId()).getEntities().getImageId();
    }

    void delete(String id) {
        client.glanceDeleteImage(new GlanceDeleteImageRequest().withImageId(id));
    }

    void deleteWithBackup(String id) {
        var body = new GlanceDeleteImageRequestBody().withDeleteBackup(true);
        client.glanceDeleteImage(new GlanceDeleteImageRequest().withImageId(id).withBody(body));
    }

    int quotaUsed() {
        return client.showImageQuota(new ShowImageQuotaRequest()).getQuotas().getResources().stream()
                .filter(resource -> resource.getType().equals("image"))
                .findFirst()
                .orElseThrow()
                .getUsed();
    }
}

package conformance;

import com.huaweicloud.sdk.ims.v2.model.CreateDataImageRequest;
import com.huaweicloud.sdk.ims.v2.model.CreateDataImageRequestBody;
import com.huaweicloud.sdk.ims.v2.model.CreateDataImageResponse;
import com.huaweicloud.sdk.ims.v2.model.CreateWholeImageRequest;
import com.huaweicloud.sdk.ims.v2.model.CreateWholeImageRequestBody;
import com.huaweicloud.sdk.ims.v2.model.GlanceCreateImageMetadataRequest;
import com.huaweicloud.sdk.ims.v2.model.GlanceCreateImageMetadataRequestBody;
import com.huaweicloud.sdk.ims.v2.model.ImageInfo;
import com.huaweicloud.sdk.ims.v2.model.ImageTag;
import com.huaweicloud.sdk.ims.v2.model.ListImagesRequest;
import com.huaweicloud.sdk.ims.v2.model.RegisterImageRequest;
import com.huaweicloud.sdk.ims.v2.model.RegisterImageRequestBody;
import com.huaweicloud.sdk.ims.v2.model.TagKeyValue;
import java.util.List;
import java.util.function.Function;

/** Images of data disks and of whole servers, and descriptions that a file is registered for. */
final class OtherImages {
    private static final String WEB_SERVER = "10000000-0000-4000-8000-000000000001";
    private static final String VAULT = "30000000-0000-4000-8000-000000000001";
    private static final String BACKUP = "40000000-0000-4000-8000-000000000011";
    private static final String SYSTEM = "CentOS 7.6 64bit";

    private final Account demo;

    OtherImages(Account demo) {
        this.demo = demo;
    }

    void call() {
        dataDisk("createDataImage", "java-data", demo.client()::createDataImage);
        dataDisk("createDataImageInSafeMode", "java-data-safe", demo.newer()::createDataImageInSafeMode);
        wholeServer();
        wholeBackup();
        registered();
    }

    private void dataDisk(
            String operation, String name, Function<CreateDataImageRequest, CreateDataImageResponse> create) {
        var body = new CreateDataImageRequestBody()
                .withName(name)
                .withDescription("logs")
                .withImageUrl(Account.FILE)
                .withMinDisk(40)
                .withOsType(CreateDataImageRequestBody.OsTypeEnum.WINDOWS)
                .withImageTags(List.of(new ImageTag().withKey("disk").withValue("logs")));
        var job = create.apply(new CreateDataImageRequest().withBody(body));
        var image = demo.made(operation, job.getJobId(), "imsImportDataImageJob");
        Check.of(operation)
                .gives("name", image.getName(), name)
                .gives("description", image.getDescription(), "logs")
                .says("status", image.getStatus(), "active")
                .says("kind", image.getVirtualEnvType(), "DataImage")
                .says("type of system", image.getOsType(), "Windows")
                .gives("version of the system", image.getOsVersion(), null)
                .gives("smallest disk", image.getMinDisk(), 40)
                .gives("tags", image.getTags(), List.of("disk=logs"))
                .gives("may be offered on the market", image.getSystemSupportMarket(), false);
        demo.delete(image.getId());
    }

    private void wholeServer() {
        var body = new CreateWholeImageRequestBody()
                .withName("java-whole")
                .withDescription("all of it")
                .withInstanceId(WEB_SERVER)
                .withVaultId(VAULT)
                .withMinRam(1024)
                .withMaxRam(4096)
                .withImageTags(List.of(new TagKeyValue().withKey("env").withValue("prod")));
        var job = demo.client().createWholeImage(new CreateWholeImageRequest().withBody(body));
        var image = demo.made("createWholeImage", job.getJobId(), "imsCreateWholeImageByInstanceJob");
        whole(image)
                .gives("name", image.getName(), "java-whole")
                .gives("description", image.getDescription(), "all of it")
                .gives("least memory", image.getMinRam(), 1024)
                .gives("most memory", image.getMaxRam(), "4096")
                .gives("tags", image.getTags(), List.of("env=prod"))
                .gives("origin", image.getDataOrigin(), "instance," + WEB_SERVER);
        var data = demo.images(new ListImagesRequest().withName("java-whole-data-1"))
                .get(0);
        Check.of("createWholeImage")
                .says("kind of a data disk's image", data.getVirtualEnvType(), "DataImage")
                .gives("smallest disk of it", data.getMinDisk(), 100)
                .gives("backup behind it", data.getBackupId(), image.getBackupId());
        demo.deleteWithBackup(image.getId());
        Check.of("glanceDeleteImage")
                .gives(
                        "images left of a whole one",
                        demo.images(new ListImagesRequest().withId(image.getId())),
                        List.of());
    }

    private void wholeBackup() {
        var body = new CreateWholeImageRequestBody()
                .withName("java-backup")
                .withBackupId(BACKUP)
                .withWholeImageType("CBR");
        var job = demo.client().createWholeImage(new CreateWholeImageRequest().withBody(body));
        var image = demo.made("createWholeImage", job.getJobId(), "imsCreateWholeImageByBackupJob");
        whole(image).gives("name", image.getName(), "java-backup").gives("backup", image.getBackupId(), BACKUP);
        demo.delete(image.getId());
    }

    private Check whole(ImageInfo image) {
        return Check.of("createWholeImage")
                .says("status", image.getStatus(), "active")
                .says("kind", image.getImagetype(), "private")
                .gives("owner", image.getOwner(), demo.project())
                .gives("smallest disk", image.getMinDisk(), 40)
                .gives("version of the system", image.getOsVersion(), "CentOS 7.4 64bit")
                .gives("may be offered on the market", image.getSystemSupportMarket(), false);
    }

    private void registered() {
        var described = demo.client()
                .glanceCreateImageMetadata(new GlanceCreateImageMetadataRequest()
                        .withBody(new GlanceCreateImageMetadataRequestBody()
                                .withName("java-registered")
                                .withOsVersion(SYSTEM)
                                .withMinDisk(5)));
        var request = new RegisterImageRequest()
                .withImageId(described.getId())
                .withBody(new RegisterImageRequestBody().withImageUrl(Account.FILE));
        var job = demo.client().registerImage(request);
        var image = demo.made("registerImage", job.getJobId(), "imsNativeImportImageJob");
        Check.of("registerImage")
                .gives("image", image.getId(), described.getId())
                .gives("name", image.getName(), "java-registered")
                .says("status", image.getStatus(), "active")
                .gives("smallest disk", image.getMinDisk(), 5)
                .gives("version of the system", image.getOsVersion(), SYSTEM)
                .gives("origin", image.getDataOrigin(), "file," + Account.FILE);
        demo.delete(image.getId());
    }
}

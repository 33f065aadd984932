package conformance;

import com.huaweicloud.sdk.ims.v2.model.CreateImageRequest;
import com.huaweicloud.sdk.ims.v2.model.CreateImageRequestBody;
import com.huaweicloud.sdk.ims.v2.model.CreateImageResponse;
import com.huaweicloud.sdk.ims.v2.model.ImageInfo;
import com.huaweicloud.sdk.ims.v2.model.ImportImageQuickRequest;
import com.huaweicloud.sdk.ims.v2.model.ImportImageQuickResponse;
import com.huaweicloud.sdk.ims.v2.model.QuickImportImageByFileRequestBody;
import com.huaweicloud.sdk.ims.v2.model.ResourceTag;
import com.huaweicloud.sdk.ims.v2.model.TagKeyValue;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.function.Function;

/** System disk images: of a file in a bucket, of a file that loads while it is used, of a server. */
final class SystemImages {
    private static final String PRODUCTION = "60000000-0000-4000-8000-000000000001";
    private static final String SYSTEM = "CentOS 7.6 64bit";
    private static final String WEB_SERVER = "10000000-0000-4000-8000-000000000001";
    private static final String QUICK = "java-quick.zvhd2";

    private final Cloud cloud;
    private final Account demo;

    SystemImages(Cloud cloud, Account demo) {
        this.cloud = cloud;
        this.demo = demo;
    }

    void call() throws IOException {
        fromFile("createImage", "java-镜像", demo.client()::createImage);
        fromFile("createImageInSafeMode", "java-safe", demo.newer()::createImageInSafeMode);
        fromServer();
        Files.writeString(cloud.object(QUICK), "zvhd2");
        quickly("importImageQuick", "java-quick", demo.client()::importImageQuick);
        quickly("importImageQuickInSafeMode", "java-quick-safe", demo.newer()::importImageQuickInSafeMode);
    }

    private void fromFile(String operation, String name, Function<CreateImageRequest, CreateImageResponse> create)
            throws IOException {
        var body = new CreateImageRequestBody()
                .withName(name)
                .withDescription("来自文件")
                .withImageUrl(Account.FILE)
                .withMinDisk(1)
                .withMinRam(512)
                .withMaxRam(4096)
                .withOsVersion(SYSTEM)
                .withArchitecture(CreateImageRequestBody.ArchitectureEnum.X86)
                .withHwFirmwareType(CreateImageRequestBody.HwFirmwareTypeEnum.UEFI)
                .withEnterpriseProjectId(PRODUCTION)
                .withImageTags(List.of(new TagKeyValue().withKey("from").withValue("file")));
        var job = create.apply(new CreateImageRequest().withBody(body));
        var image = demo.made(operation, job.getJobId(), "imsImportImageJob");
        privateAndActive(operation, image)
                .gives("name", image.getName(), name)
                .gives("description", image.getDescription(), "来自文件")
                .gives("smallest disk", image.getMinDisk(), 1)
                .gives("least memory", image.getMinRam(), 512)
                .gives("most memory", image.getMaxRam(), "4096")
                .gives("version of the system", image.getOsVersion(), SYSTEM)
                .says("bits of the system", image.getOsBit(), "64")
                .says("platform", image.getPlatform(), "CentOS")
                .says("architecture is ARM", image.getSupportArm(), "false")
                .says("firmware", image.getHwFirmwareType(), "uefi")
                .gives("enterprise project", image.getEnterpriseProjectId(), PRODUCTION)
                .gives("tags", image.getTags(), List.of("from=file"))
                .gives("size in bytes", image.getImageSize(), bytesOf("tiny-v3.qcow2"))
                .gives("origin", image.getDataOrigin(), "file," + Account.FILE)
                .gives("root", image.getRootOrigin(), "file");
        demo.delete(image.getId());
    }

    private void fromServer() {
        var body = new CreateImageRequestBody()
                .withName("java-web")
                .withDescription("as it was on Monday")
                .withInstanceId(WEB_SERVER)
                .withTags(List.of("env.prod", "bare"));
        var job = demo.client().createImage(new CreateImageRequest().withBody(body));
        var image = demo.made("createImage", job.getJobId(), "imsCreateImageByInstance");
        privateAndActive("createImage", image)
                .gives("name of a server's image", image.getName(), "java-web")
                .gives("description of a server's image", image.getDescription(), "as it was on Monday")
                .gives("origin of a server's image", image.getDataOrigin(), "instance," + WEB_SERVER)
                .gives("version of a server's system", image.getOsVersion(), "CentOS 7.4 64bit")
                .gives("smallest disk of a server's image", image.getMinDisk(), 40)
                .gives("tags in the dotted form", image.getTags(), List.of("env=prod", "bare"));
        demo.delete(image.getId());
    }

    private void quickly(
            String operation, String name, Function<ImportImageQuickRequest, ImportImageQuickResponse> create)
            throws IOException {
        var body = new QuickImportImageByFileRequestBody()
                .withName(name)
                .withOsVersion(SYSTEM)
                .withImageUrl("images:" + QUICK)
                .withMinDisk(40)
                .withType(QuickImportImageByFileRequestBody.TypeEnum.ECS)
                .withImageTags(List.of(new ResourceTag().withKey("way").withValue("quick")));
        var job = create.apply(new ImportImageQuickRequest().withBody(body));
        var image = demo.made(operation, job.getJobId(), "imsImportImageJob");
        privateAndActive(operation, image)
                .gives("name", image.getName(), name)
                .gives("smallest disk", image.getMinDisk(), 40)
                .gives("version of the system", image.getOsVersion(), SYSTEM)
                .gives("tags", image.getTags(), List.of("way=quick"))
                .gives("size in bytes", image.getImageSize(), bytesOf(QUICK))
                .gives("loads its data while it is used", image.getLazyloading(), "true");
        demo.delete(image.getId());
    }

    private Check privateAndActive(String operation, ImageInfo image) {
        return Check.of(operation)
                .says("status", image.getStatus(), "active")
                .says("kind", image.getImagetype(), "private")
                .says("visibility", image.getVisibility(), "private")
                .gives("owner", image.getOwner(), demo.project())
                .says("for servers", image.getVirtualEnvType(), "FusionCompute")
                .says("type of system", image.getOsType(), "Linux")
                .gives("format", image.getDiskFormat(), "zvhd2")
                .gives("container", image.getContainerFormat(), "bare")
                .gives("protection", image.getProtected(), false)
                .gives("may be offered on the market", image.getSystemSupportMarket(), true)
                .gives("path", image.getSelf(), "/v2/images/" + image.getId());
    }

    private String bytesOf(String key) throws IOException {
        return String.valueOf(Files.size(cloud.object(key)));
    }
}

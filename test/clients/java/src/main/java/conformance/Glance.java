package conformance;

import com.huaweicloud.sdk.ims.v2.model.GlanceCreateImageMetadataRequest;
import com.huaweicloud.sdk.ims.v2.model.GlanceCreateImageMetadataRequestBody;
import com.huaweicloud.sdk.ims.v2.model.GlanceCreateTagRequest;
import com.huaweicloud.sdk.ims.v2.model.GlanceDeleteImageRequest;
import com.huaweicloud.sdk.ims.v2.model.GlanceDeleteTagRequest;
import com.huaweicloud.sdk.ims.v2.model.GlanceListImagesRequest;
import com.huaweicloud.sdk.ims.v2.model.GlanceShowImageListResponseBody;
import com.huaweicloud.sdk.ims.v2.model.GlanceShowImageRequest;
import com.huaweicloud.sdk.ims.v2.model.GlanceShowImageResponse;
import com.huaweicloud.sdk.ims.v2.model.GlanceUpdateImageRequest;
import com.huaweicloud.sdk.ims.v2.model.GlanceUpdateImageRequestBody;
import com.huaweicloud.sdk.ims.v2.model.GlanceUpdateImageRequestBody.OpEnum;
import java.util.List;

/** An image in the native calls, from its description to its deletion. */
final class Glance {
    private final Account demo;

    Glance(Account demo) {
        this.demo = demo;
    }

    void call() {
        var id = described();
        shown(id);
        listed(id);
        tagged(id);
        patched(id);
        var status = demo.client()
                .glanceDeleteImage(new GlanceDeleteImageRequest().withImageId(id))
                .getHttpStatusCode();
        Check.of("glanceDeleteImage")
                .gives("status", status, 204)
                .gives("images of the name", byName("java-patched"), List.of());
    }

    private String described() {
        var body = new GlanceCreateImageMetadataRequestBody()
                .withName("java-described")
                .withOsVersion("Ubuntu 18.04 server 64bit")
                .withContainerFormat("bare")
                .withDiskFormat(GlanceCreateImageMetadataRequestBody.DiskFormatEnum.QCOW2)
                .withMinDisk(5)
                .withMinRam(1024)
                .withTags(List.of("java-first"))
                .withVisibility("private")
                .withProtected(false);
        var image = demo.client().glanceCreateImageMetadata(new GlanceCreateImageMetadataRequest().withBody(body));
        Check.of("glanceCreateImageMetadata")
                .gives("status of the answer", image.getHttpStatusCode(), 201)
                .gives("name", image.getName(), "java-described")
                .says("status", image.getStatus(), "queued")
                .gives("owner", image.getOwner(), demo.project())
                .gives("visibility", image.getVisibility(), "private")
                .gives("protection", image.getProtected(), false)
                .says("format", image.getDiskFormat(), "qcow2")
                .gives("container", image.getContainerFormat(), "bare")
                .gives("smallest disk", image.getMinDisk(), 5)
                .gives("least memory", image.getMinRam(), 1024)
                .gives("tags", image.getTags(), List.of("java-first"))
                .gives("version of the system", image.getOsVersion(), "Ubuntu 18.04 server 64bit")
                .says("type of system", image.getOsType(), "Linux")
                .says("bits of the system", image.getOsBit(), "64")
                .gives("platform", image.getPlatform(), "Ubuntu")
                .gives("kind", image.getImagetype(), "private")
                .says("for servers", image.getVirtualEnvType(), "FusionCompute")
                .gives("size in bytes", image.getImageSize(), "0")
                .gives("path", image.getSelf(), "/v2/images/" + image.getId())
                .gives("path of its bytes", image.getFile(), "/v2/images/" + image.getId() + "/file")
                .gives("schema", image.getSchema(), "/v2/schemas/image");
        return image.getId();
    }

    private void shown(String id) {
        var image = show(id);
        Check.of("glanceShowImage")
                .gives("id", image.getId(), id)
                .gives("name", image.getName(), "java-described")
                .says("status", image.getStatus(), "queued")
                .says("visibility", image.getVisibility(), "private")
                .says("kind", image.getImagetype(), "private")
                .gives("version of the system", image.getOsVersion(), "Ubuntu 18.04 server 64bit")
                .gives("smallest disk", image.getMinDisk(), 5)
                .gives("tags", image.getTags(), List.of("java-first"))
                .gives(
                        "has its times",
                        image.getCreatedAt().endsWith("Z")
                                && image.getUpdatedAt().endsWith("Z"),
                        true);
    }

    private void listed(String id) {
        var found = byName("java-described");
        var image = found.get(0);
        Check.of("glanceListImages")
                .gives("images of a name", found.size(), 1)
                .gives("id", image.getId(), id)
                .says("status", image.getStatus(), "queued")
                .says("format", image.getDiskFormat(), "qcow2")
                .gives("owner", image.getOwner(), demo.project());
        var page = demo.client()
                .glanceListImages(new GlanceListImagesRequest()
                        .withVisibility(GlanceListImagesRequest.VisibilityEnum.PUBLIC)
                        .withLimit(1));
        var last = page.getImages().get(0);
        Check.of("glanceListImages")
                .gives("schema", page.getSchema(), "/v2/schemas/images")
                .gives("images of a page", page.getImages().size(), 1)
                .gives("first page", page.getFirst(), "/v2/images?limit=1&visibility=public")
                .gives("next page", page.getNext().contains("marker=" + last.getId()), true)
                .says("kind of a public image", last.getImagetype(), "gold");
    }

    private void tagged(String id) {
        demo.client()
                .glanceCreateTag(new GlanceCreateTagRequest().withImageId(id).withTag("java-second"));
        Check.of("glanceCreateTag").gives("tags", show(id).getTags(), List.of("java-first", "java-second"));
        demo.client()
                .glanceDeleteTag(new GlanceDeleteTagRequest().withImageId(id).withTag("java-first"));
        Check.of("glanceDeleteTag").gives("tags", show(id).getTags(), List.of("java-second"));
    }

    /** The SDK leaves this body unsigned: its media type is none of JSON's own. */
    private void patched(String id) {
        var changes = List.of(
                change(OpEnum.REPLACE, "/name", "java-patched"),
                change(OpEnum.ADD, "/__description", "native"),
                change(OpEnum.ADD, "/hw_firmware_type", "uefi"));
        var image = demo.client()
                .glanceUpdateImage(
                        new GlanceUpdateImageRequest().withImageId(id).withBody(changes));
        Check.of("glanceUpdateImage")
                .gives("id", image.getId(), id)
                .gives("name", image.getName(), "java-patched")
                .gives("description", image.getDescription(), "native")
                .says("firmware", image.getHwFirmwareType(), "uefi");
        Check.of("glanceShowImage").gives("name after a change", show(id).getName(), "java-patched");
    }

    private static GlanceUpdateImageRequestBody change(OpEnum op, String path, String value) {
        return new GlanceUpdateImageRequestBody().withOp(op).withPath(path).withValue(value);
    }

    private GlanceShowImageResponse show(String id) {
        return demo.client().glanceShowImage(new GlanceShowImageRequest().withImageId(id));
    }

    private List<GlanceShowImageListResponseBody> byName(String name) {
        return demo.client()
                .glanceListImages(new GlanceListImagesRequest().withName(name))
                .getImages();
    }
}
